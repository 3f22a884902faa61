import type { ConversationWords } from './conversation-words.js';

/** Distinct words per word; 0 for a message without any. */
export function tokenDensity({ vocabulary, perMessage }: ConversationWords): Float64Array {
  const lastSeen = new Int32Array(vocabulary.length).fill(-1);
  return Float64Array.from(perMessage, (words, index) => {
    let distinct = 0;
    for (const word of words) {
      if (lastSeen[word] === index) continue;
      lastSeen[word] = index;
      distinct += 1;
    }
    return words.length === 0 ? 0 : distinct / words.length;
  });
}
