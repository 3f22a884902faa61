import { hashOriginal, isRetrieveTool, markerHashes } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import { type LearnedHints, type OutputStructure, structureOf } from '#libs/learning';
import type { CompressionConfig } from './compression-config.js';
import type { CompressionReason } from './contract.js';
import { isLosslessForm } from './decode-lossless.js';
import { hintsFor, withHints } from './learned-hints.js';
import type { MessageText } from './message-texts.js';
import { detectContent, detectWhole, type DetectedContent } from './router/detect-content.js';
import { stageFor } from './router/route-content.js';
import type { StageContext, StageResult } from './stages/stage.js';
import type { Turn } from './turn.js';

/** A part of a part of a text may be of several kinds still. */
const MAX_LEVELS = 3;

/** What became of one text of a message. */
export interface TextResult {
  readonly text: string;
  readonly tokens: number;
  readonly toolName?: string | undefined;
  readonly content?: DetectedContent | undefined;
  readonly output: StageResult;
  /** Of a tool's output that was looked at. */
  readonly structure?: OutputStructure | undefined;
  /** What was learned and applied to it. */
  readonly hints?: LearnedHints | undefined;
}

/** The content router: finds the kind of a text, then its stage. */
export async function compressText(
  turn: Turn,
  message: Message,
  { text, toolCallId }: MessageText,
  index: number,
): Promise<TextResult> {
  const toolName = turn.callOf(toolCallId, index)?.name ?? message.name;
  const profile = toolName === undefined ? undefined : ownValue(turn.config.toolProfiles, toolName);
  const tokens = turn.counter.countText(text);
  const same = (reason: CompressionReason): TextResult => ({ text, tokens, toolName, output: reason });
  // What a model asked back must reach it whole.
  if (profile?.skipCompression === true || isRetrieveTool(toolName)) return same('protected_tool');
  if (tokens < turn.config.smartCrusher.minTokensToCrush) return same('below_min_tokens');
  if (markerHashes(text).length > 0 || isLosslessForm(text)) return same('already_compressed');
  const content = detectContent(text);
  const isRecentCode = content.kind === 'code' && index >= turn.messageCount - turn.config.protectRecentCode;
  if (isRecentCode) return { ...same('protected_recent'), content };
  const isOutput = message.role !== 'user' || toolCallId !== undefined;
  const structure = isOutput ? structureOf(toolName, content.kind, content.document) : undefined;
  const hints: LearnedHints =
    structure === undefined ? {} : hintsFor(turn, { toolName, signature: structure.signature });
  const context: StageContext = {
    counter: turn.counter,
    config: withProfile(withHints(turn, hints), profile?.maxItemsAfterCrush),
    tools: turn.tools,
    query: turn.queryAt(index),
    originalHash: hashOriginal(text),
    isLate: turn.isLate,
    route: routeParts(index >= turn.messageCount - turn.config.protectRecentCode),
  };
  const output = await runStage(text, tokens, content, context);
  return { text, tokens, toolName, content, output, structure, hints };
}

/** Parts of a text through the router, as if each stood alone; what lies deeper than the last level is of one kind. */
function routeParts(isRecent: boolean, level = 1): StageContext['route'] {
  return (part, context) => {
    const content = level < MAX_LEVELS ? detectContent(part) : detectWhole(part);
    if (isRecent && content.kind === 'code') return Promise.resolve('protected_recent');
    const inner = { ...context, route: routeParts(isRecent, level + 1) };
    return runStage(part, context.counter.countText(part), content, inner);
  };
}

async function runStage(
  text: string,
  tokens: number,
  content: DetectedContent,
  context: StageContext,
): Promise<StageResult> {
  const stage = stageFor(content.kind, context.config);
  return typeof stage === 'string' ? stage : stage({ text, tokens, content }, context);
}

function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function withProfile(config: CompressionConfig, maxItemsAfterCrush: number | undefined): CompressionConfig {
  if (maxItemsAfterCrush === undefined) return config;
  return { ...config, smartCrusher: { ...config.smartCrusher, maxItemsAfterCrush } };
}
