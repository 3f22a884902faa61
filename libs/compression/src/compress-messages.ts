import type { TokenCounter } from '#libs/tokens';
import type { Message } from '#libs/kernel';
import { compressMessage } from './compress-message.js';
import type { CompressionOptions } from './compression-options.js';
import type { CompressionOutcome, CompressionRequest } from './contract.js';
import { Expansion } from './expansion.js';
import type { MessageCache, MessageResult } from './message-cache.js';
import { messageKey } from './message-key.js';
import { Repetition } from './repetition/repetition.js';
import { givenAgain } from './session/given-again.js';
import { PinnedTexts } from './session/pinned-texts.js';
import { openTurn, type Turn } from './turn.js';
import { wasteOf } from './waste/message-waste.js';
import { RepeatedLines, wasteTogether } from './waste/waste-signals.js';

/**
 * The pipeline: each message by itself through cache aligner, content router and stages, then what stood before in the
 * conversation as a reference, and what a question asks for of what was dropped. What was given before is given again.
 * The same request gives the same outcome in any process; what is not changed stays the very same object. A message
 * whose stage fails, or whose turn comes after the deadline, stays as it is and its report says so.
 */
export async function compressMessages(
  request: CompressionRequest,
  counter: TokenCounter,
  options: CompressionOptions = {},
): Promise<CompressionOutcome> {
  const turn = openTurn(request, counter, options);
  const repetition = new Repetition(turn, request.messages);
  const expansion = new Expansion(turn, options.cache);
  const pinned = new PinnedTexts(turn, request.pins ?? {});
  const results: MessageResult[] = [];
  const lines = new RepeatedLines(counter);
  let repeatedTokens = 0;
  for (const [index, message] of request.messages.entries()) {
    const again = givenBefore(turn, request, message, index);
    const { keys, result: given } =
      request.pins === undefined ? { keys: [] } : pinned.resultOf(message, index);
    const fixed = again ?? given;
    const result = fixed ?? (await resultOf(turn, message, index, options.cache));
    const referring = withReferences(repetition, message, index, result, fixed !== undefined);
    if (fixed === undefined) pinned.add(keys, message, referring);
    const repeated = turn.isLate() ? 0 : lines.see(message);
    if (fixed === undefined) repeatedTokens += repeated;
    results.push(withExpansion(expansion, message, index, referring, again !== undefined));
  }
  const outcome = outcomeOf(request, turn, results, repeatedTokens);
  return request.pins === undefined ? outcome : { ...outcome, newPins: pinned.added };
}

function givenBefore(
  turn: Turn,
  { given = {} }: CompressionRequest,
  message: Message,
  index: number,
): MessageResult | undefined {
  const before = given[index];
  return before === undefined ? undefined : givenAgain(turn, message, index, before);
}

async function resultOf(
  turn: Turn,
  message: Message,
  index: number,
  cache: MessageCache | undefined,
): Promise<MessageResult> {
  if (turn.isLate()) return unchanged(message, turn.counter, 'deadline');
  return await remembered(turn, message, index, cache);
}

/** References to what came before; no part of what is remembered of a message, as they depend on its conversation. */
function withReferences(
  repetition: Repetition,
  message: Message,
  index: number,
  result: MessageResult,
  isPinned: boolean,
): MessageResult {
  try {
    return repetition.apply(message, index, result, isPinned);
  } catch {
    return result;
  }
}

/** Depends on what came before as well. */
function withExpansion(
  expansion: Expansion,
  message: Message,
  index: number,
  result: MessageResult,
  isGiven: boolean,
): MessageResult {
  try {
    return expansion.apply(message, index, result, isGiven);
  } catch {
    return result;
  }
}

async function remembered(
  turn: Turn,
  message: Message,
  index: number,
  cache: MessageCache | undefined,
): Promise<MessageResult> {
  try {
    const key = cache && messageKey(turn, message, index);
    const known = key === undefined ? undefined : cache?.get(key);
    if (known !== undefined) return known;
    const compressed = await compressMessage(turn, message, index);
    const result = { ...compressed, waste: turn.isLate() ? undefined : wasteOf(message, turn.counter) };
    // What was given up for want of time is tried again by the next request.
    if (key !== undefined && result.report.reason !== 'deadline') cache?.set(key, result);
    return result;
  } catch {
    // Whatever a stage did not foresee must never cost the caller its request.
    return unchanged(message, turn.counter, 'failed');
  }
}

function unchanged(message: Message, counter: TokenCounter, reason: 'deadline' | 'failed'): MessageResult {
  const tokens = countOrEstimate(message, counter);
  return { report: { reason, transforms: [], tokensBefore: tokens, tokensAfter: tokens }, originals: [] };
}

function countOrEstimate(message: Message, counter: TokenCounter): number {
  try {
    return counter.countMessage(message);
  } catch {
    return counter.countText(typeof message.content === 'string' ? message.content : '');
  }
}

function outcomeOf(
  { messages, userId }: CompressionRequest,
  { counter, learned }: Turn,
  results: readonly MessageResult[],
  repeatedTokens: number,
): CompressionOutcome {
  const summary = new Map<string, number>();
  for (const { report } of results) {
    for (const transform of report.transforms) summary.set(transform, (summary.get(transform) ?? 0) + 1);
  }
  const total = (field: 'tokensBefore' | 'tokensAfter'): number =>
    results.reduce((sum, { report }) => sum + report[field], messages.length === 0 ? 0 : counter.replyTokens);
  return {
    messages: messages.map((message, index) => results[index]?.replacement ?? message),
    changed: results.map((result) => result.replacement !== undefined),
    tokensBefore: total('tokensBefore'),
    tokensAfter: total('tokensAfter'),
    transforms: [...summary.keys()],
    transformsSummary: Object.fromEntries(summary),
    originals: results.flatMap(({ originals }) => originals.map((original) => ({ ...original, userId }))),
    observations: results.flatMap(({ observations = [] }) => observations),
    waste: wasteTogether(
      results.flatMap(({ waste }) => waste ?? []),
      repeatedTokens,
    ),
    reports: results.map(({ report }, index) => ({ index, ...report })),
    learnedSnapshot: learned.number,
  };
}
