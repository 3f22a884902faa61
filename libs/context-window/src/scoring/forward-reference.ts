import type { AtomicUnit } from '../atomic-units.js';
import type { ConversationWords } from './conversation-words.js';

/** References after which a message has half of the full score. */
const HALF_REFERENCES = 2;

/**
 * How much later messages refer to each message: a name that stands there first and again in a
 * later message of another unit is a reference, and weighs less the more messages have it. Only messages before
 * `end` refer.
 */
export function forwardReference(
  words: ConversationWords,
  units: readonly AtomicUnit[],
  end: number,
): Float64Array {
  const messageCount = words.perMessage.length;
  const unitOf = new Int32Array(messageCount);
  units.forEach((unit, number) => {
    for (const index of unit) unitOf[index] = number;
  });
  const firsts = new Int32Array(words.vocabulary.length).fill(-1);
  const holders = new Int32Array(words.vocabulary.length);
  const mentions = new Int32Array(words.vocabulary.length);
  for (let index = 0; index < Math.min(end, messageCount); index++) {
    for (const word of words.namesPerMessage[index] ?? []) {
      holders[word] = (holders[word] ?? 0) + 1;
      const first = firsts[word] ?? -1;
      if (first < 0) firsts[word] = index;
      else if (unitOf[first] !== unitOf[index]) mentions[word] = (mentions[word] ?? 0) + 1;
    }
  }
  const references = new Float64Array(messageCount);
  for (let word = 0; word < firsts.length; word++) {
    const first = firsts[word] ?? -1;
    if (first < 0 || (mentions[word] ?? 0) === 0) continue;
    references[first] = (references[first] ?? 0) + rarity(holders[word] ?? 1, end);
  }
  return references.map((count) => count / (count + HALF_REFERENCES));
}

/** 1 for a name of two messages, 0 for one that all have. */
function rarity(holders: number, messageCount: number): number {
  return Math.log(messageCount / holders) / Math.log(Math.max(3, messageCount) / 2);
}
