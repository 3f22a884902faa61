import { hash } from 'node:crypto';
import type { Message } from '#libs/kernel';
import type { LearnedSnapshot } from '#libs/learning';
import type { TokenCounter } from '#libs/tokens';
import type { CompressionRequest } from './contract.js';
import type { MessageCache } from './message-cache.js';
import { imagePartsOf } from './message-images.js';
import { compressibleTexts } from './message-texts.js';
import { openTurn, type Turn } from './turn.js';

const fingerprints = new WeakMap<Message, string>();
const configKeys = new WeakMap<Turn, string>();
const learnedKeys = new WeakMap<LearnedSnapshot, string>();
const queryKeys = new WeakMap<Turn, Map<string, string>>();

/**
 * Everything that the result of a message depends on.
 * @throws RangeError when the message is nested too deep to be written.
 */
export function messageKey(turn: Turn, message: Message, index: number): string {
  const parts = [fingerprintOf(message), configKeyOf(turn)];
  if (index < turn.config.frozenMessageCount) parts.push('frozen');
  const texts = compressibleTexts(message, turn.config.compressUserMessages);
  if (texts.length > 0) {
    const isRecent = index >= turn.messageCount - turn.config.protectRecentCode;
    const names = texts.map(({ toolCallId }) => turn.callOf(toolCallId, index)?.name ?? '');
    parts.push(isRecent ? 'recent' : '', JSON.stringify(names), queryKeyOf(turn, index));
  }
  if (imagePartsOf(message).length > 0) parts.push(queryKeyOf(turn, index));
  return parts.join(' ');
}

/** Characters of the request's messages that a cache has no result for: what compressing it would cost. */
export function missingCharacters(
  request: CompressionRequest,
  counter: TokenCounter,
  cache: MessageCache,
): number {
  const turn = openTurn(request, counter);
  let characters = 0;
  for (const [index, message] of request.messages.entries()) {
    if (!isKnown(turn, message, index, cache)) characters += lengthOf(message);
  }
  return characters;
}

function isKnown(turn: Turn, message: Message, index: number, cache: MessageCache): boolean {
  try {
    return cache.get(messageKey(turn, message, index)) !== undefined;
  } catch {
    return false;
  }
}

/** Calls are counted even though they are never compressed. */
function lengthOf({ content, tool_calls: calls }: Message): number {
  return writtenLength(content) + writtenLength(calls);
}

function writtenLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (!Array.isArray(value)) return 0;
  try {
    return JSON.stringify(value).length;
  } catch {
    // Too deep to be written: surely not small.
    return Number.MAX_SAFE_INTEGER;
  }
}

function fingerprintOf(message: Message): string {
  let fingerprint = fingerprints.get(message);
  if (fingerprint === undefined) {
    // Writing a long text as JSON takes longer than hashing it as it is.
    const { content, ...rest } = message;
    fingerprint = hashOf(
      typeof content === 'string' ? `${JSON.stringify(rest)}\n${content}` : JSON.stringify(message),
    );
    fingerprints.set(message, fingerprint);
  }
  return fingerprint;
}

function configKeyOf(turn: Turn): string {
  let key = configKeys.get(turn);
  if (key === undefined) {
    const { deadlineMs: _, ...config } = turn.config;
    const { encoding, exact } = turn.counter;
    // Estimates of one encoding differ by provider.
    key = hashOf(JSON.stringify([config, encoding, exact, turn.provider, learnedOf(turn)]));
    configKeys.set(turn, key);
  }
  return key;
}

/** Numbers count per tenant, and what they stand for is remembered for all: the content tells them apart. */
function learnedOf({ learned, settings }: Turn): string {
  if (learned.number === 0) return '';
  let key = learnedKeys.get(learned);
  if (key === undefined) {
    const hinted = [learned.bySignature, learned.byTool].map((outputs) =>
      Object.entries(outputs).filter(([, { hints }]) => Object.keys(hints).length > 0),
    );
    key = hashOf(
      JSON.stringify(
        hinted.map((all) => all.map(([name, { confidence, hints }]) => [name, confidence, hints])),
      ),
    );
    learnedKeys.set(learned, key);
  }
  return `${key} ${JSON.stringify(settings)}`;
}

/** Many tool results answer the same question. */
function queryKeyOf(turn: Turn, index: number): string {
  const query = turn.queryAt(index);
  const keys = queryKeys.get(turn) ?? new Map<string, string>();
  queryKeys.set(turn, keys);
  let key = keys.get(query);
  if (key === undefined) {
    key = hashOf(query);
    keys.set(query, key);
  }
  return key;
}

function hashOf(text: string): string {
  // Lone surrogates have no UTF-8 form of their own.
  return hash('sha256', text.isWellFormed() ? text : Buffer.from(text, 'utf16le'), 'base64');
}
