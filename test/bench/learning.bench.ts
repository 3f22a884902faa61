import { benchmarkLearnedConversations } from './learning/conversations.js';
import { benchmarkLearnedResponses } from './learning/responses.js';
import { benchmarkLearnedSearches } from './learning/searches.js';

/**
 * What learning is worth, over the real HTTP API: the first half of each data set is compressed, and whatever its
 * reader misses is retrieved; the second half is compressed by a server that learned from that and by one that did not.
 */
export async function benchmarkLearning(): Promise<void> {
  await benchmarkLearnedResponses();
  await benchmarkLearnedConversations();
  await benchmarkLearnedSearches();
}
