import { hashOriginal, isRetrieveTool, markerHashes, type Original } from '#libs/ccr';
import { type ContentPart, type Message } from '#libs/kernel';
import type { CompressionConfig } from './compression-config.js';
import type { CompressionReason, MessageReport } from './contract.js';
import type { MessageResult } from './message-cache.js';
import { compressibleTexts, type MessageText, replaceTexts } from './message-texts.js';
import { detectContent } from './router/detect-content.js';
import { stageFor } from './router/route-content.js';
import { alignSystemPrompt } from './stages/cache-aligner/align-system-prompt.js';
import type { StageOutput } from './stages/stage.js';
import type { Turn } from './turn.js';

const SYSTEM_ROLES = ['system', 'developer'];

interface TextResult {
  readonly text: string;
  readonly tokens: number;
  readonly toolName?: string | undefined;
  readonly contentType?: string | undefined;
  readonly output: StageOutput | CompressionReason;
}

/** Compresses what may be compressed of one message. */
export function compressMessage(turn: Turn, message: Message, index: number): MessageResult {
  if (index < turn.config.frozenMessageCount) return kept(turn, message, 'protected_frozen');
  if (SYSTEM_ROLES.includes(message.role)) return alignMessage(turn, message);
  const userTexts = turn.config.compressUserMessages;
  const texts = compressibleTexts(message, userTexts);
  if (texts.length === 0)
    return kept(turn, message, message.role === 'tool' ? 'not_compressible' : 'protected_role');
  const results = texts.map((text) => compressText(turn, message, text, index));
  return resultOf(turn, message, results);
}

function kept(turn: Turn, message: Message, reason: CompressionReason, contentType?: string): MessageResult {
  const tokens = turn.counter.countMessage(message);
  return {
    report: { reason, contentType, transforms: [], tokensBefore: tokens, tokensAfter: tokens },
    originals: [],
  };
}

/** The cache aligner: the only stage that touches a system prompt. */
function alignMessage(turn: Turn, message: Message): MessageResult {
  const { enabled, datePatterns } = turn.config.cacheAligner;
  const prompt = lastTextPart(message);
  if (!enabled || prompt === undefined) return kept(turn, message, 'protected_role');
  const aligned = alignSystemPrompt(prompt, datePatterns);
  if (aligned === undefined) return kept(turn, message, 'protected_role');
  const replacement = withLastText(message, aligned);
  const tokensBefore = turn.counter.countMessage(message);
  const tokensAfter = turn.counter.countMessage(replacement);
  return {
    replacement,
    report: {
      reason: 'compressed',
      contentType: 'text',
      transforms: ['cache_aligner'],
      tokensBefore,
      tokensAfter,
    },
    originals: [
      {
        hash: hashOriginal(prompt),
        content: prompt,
        originalTokens: tokensBefore,
        compressedTokens: tokensAfter,
        originalItemCount: 1,
        compressedItemCount: 1,
      },
    ],
  };
}

function lastTextPart({ content }: Message): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  return (content as readonly ContentPart[]).findLast((part) => typeof part.text === 'string')?.text;
}

function withLastText(message: Message, text: string): Message {
  if (!Array.isArray(message.content)) return { ...message, content: text };
  const parts = message.content as readonly ContentPart[];
  const last = parts.findLastIndex((part) => typeof part.text === 'string');
  return { ...message, content: parts.map((part, index) => (index === last ? { ...part, text } : part)) };
}

/** The content router: finds the kind of a text, then its stage. */
function compressText(
  turn: Turn,
  message: Message,
  { text, toolCallId }: MessageText,
  index: number,
): TextResult {
  const toolName = turn.toolNameOf(toolCallId) ?? message.name;
  const profile = toolName === undefined ? undefined : ownValue(turn.config.toolProfiles, toolName);
  const tokens = turn.counter.countText(text);
  const same = (reason: CompressionReason, contentType?: string): TextResult => ({
    text,
    tokens,
    toolName,
    contentType,
    output: reason,
  });
  // What a model asked back must reach it whole.
  if (profile?.skipCompression === true || isRetrieveTool(toolName)) return same('protected_tool');
  if (tokens < turn.config.smartCrusher.minTokensToCrush) return same('below_min_tokens');
  if (markerHashes(text).length > 0) return same('not_smaller');
  const content = detectContent(text);
  const stage = stageFor(content.kind);
  if (stage === undefined) {
    const isRecent = content.kind === 'code' && index >= turn.messageCount - turn.config.protectRecentCode;
    return same(isRecent ? 'protected_recent' : 'not_compressible', content.kind);
  }
  const output = stage(
    { text, tokens, content },
    {
      counter: turn.counter,
      config: withProfile(turn.config, profile?.maxItemsAfterCrush),
      query: turn.queryAt(index),
      originalHash: hashOriginal(text),
    },
  );
  return { text, tokens, toolName, contentType: content.kind, output };
}

function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function withProfile(config: CompressionConfig, maxItemsAfterCrush: number | undefined): CompressionConfig {
  if (maxItemsAfterCrush === undefined) return config;
  return { ...config, smartCrusher: { ...config.smartCrusher, maxItemsAfterCrush } };
}

function resultOf(turn: Turn, message: Message, results: readonly TextResult[]): MessageResult {
  const compressed = results.filter(({ output }) => typeof output !== 'string');
  const longest = results.reduce((a, b) => (b.tokens > a.tokens ? b : a));
  if (compressed.length === 0) {
    const reason = typeof longest.output === 'string' ? longest.output : 'not_smaller';
    return kept(turn, message, reason, longest.contentType);
  }
  let next = 0;
  const replacement = replaceTexts(message, turn.config.compressUserMessages, (text) => {
    const output = results[next++]?.output;
    return output === undefined || typeof output === 'string' ? text : output.text;
  });
  const report: Omit<MessageReport, 'index'> = {
    reason: 'compressed',
    contentType: compressed[0]?.contentType,
    transforms: [...new Set(compressed.map(transformOf))],
    tokensBefore: turn.counter.countMessage(message),
    tokensAfter: turn.counter.countMessage(replacement),
  };
  return { replacement, report, originals: compressed.flatMap(originalOf) };
}

/** `router:smart_crusher:0.12`: the stage, and the tokens after as a share of those before. */
function transformOf({ tokens, output }: TextResult): string {
  if (typeof output === 'string') return output;
  return `router:${output.name}:${(output.tokens / tokens).toFixed(2)}`;
}

function originalOf({ text, tokens, toolName, output }: TextResult): Omit<Original, 'userId'>[] {
  if (typeof output === 'string') return [];
  return [
    {
      hash: hashOriginal(text),
      content: text,
      toolName,
      originalTokens: tokens,
      compressedTokens: output.tokens,
      originalItemCount: output.itemsBefore,
      compressedItemCount: output.itemsAfter,
    },
  ];
}
