import { droppedMessagesMarker, HASH_CHARACTERS, hashOriginal } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import type { Droppable } from './drop-order.js';
import type { MeasuredConversation } from './measured-conversation.js';

/** What is left out, and the message that stands for it. */
export interface Cut {
  readonly dropped: readonly DroppedIndex[];
  /** Of the messages that are kept, the marker and the reply's priming. */
  readonly tokens: number;
  readonly marker: Message;
  readonly markerTokens: number;
  /** What the marker's hash stands for: the JSON array of all that was dropped. */
  readonly content: string;
  readonly hash: string;
}

export interface DroppedIndex {
  readonly index: number;
  readonly score: number;
}

export function cutOut(
  conversation: MeasuredConversation,
  gone: readonly Droppable[],
  counter: TokenCounter,
): Cut {
  const dropped = gone
    .flatMap(({ unit, score }) => unit.map((index) => ({ index, score })))
    .sort((a, b) => a.index - b.index);
  const content = `[${dropped.map(({ index }) => conversation.textOf(index)).join(',')}]`;
  const hash = hashOriginal(content);
  const marker = markerMessage(dropped.length, hash);
  const markerTokens = counter.countMessage(marker);
  const tokens = gone.reduce((rest, { cost }) => rest - cost, conversation.total) + markerTokens;
  return { dropped, content, hash, marker, markerTokens, tokens };
}

/** How much less a marker can cost with a hash in it than without: tokens may merge across the place where it stands. */
const HASH_TOKENS_SLACK = 8;

/** What any marker costs at least and at most; the cost depends on what is dropped, through the hash. */
export function markerBounds(count: number, counter: TokenCounter): { least: number; most: number } {
  const bare = counter.countMessage(markerMessage(count, ''));
  return { least: Math.max(0, bare - HASH_TOKENS_SLACK), most: bare + HASH_CHARACTERS };
}

function markerMessage(count: number, hash: string): Message {
  return { role: 'user', content: droppedMessagesMarker(count, hash) };
}
