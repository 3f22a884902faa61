import type { RetrieveOutcome, RetrievedItem } from './retriever.js';

/** What a retrieval says on the wire; the same for the retrieve routes and inside tool results. */
export type RetrievalData = Readonly<Record<string, unknown>>;

export function retrievalData(outcome: RetrieveOutcome): RetrievalData {
  switch (outcome.status) {
    case 'found': {
      const { original } = outcome;
      return {
        hash: original.hash,
        original_content: original.content,
        original_tokens: original.originalTokens,
        original_item_count: original.originalItemCount,
        compressed_item_count: original.compressedItemCount,
        tool_name: original.toolName ?? null,
        retrieval_count: original.retrievalCount,
      };
    }
    case 'matched': {
      const results = outcome.results.map(itemValue);
      return { hash: outcome.original.hash, query: outcome.query, results, count: results.length };
    }
    case 'expired':
    case 'unknown': {
      const { detail, hash, status, ttlSeconds } = outcome;
      return {
        error: detail,
        hash,
        status: status === 'unknown' ? 'not_found' : status,
        ttl_seconds: ttlSeconds,
      };
    }
  }
}

/** What a model reads of a retrieval: the original itself, the matching items one under the other, or why there is none. */
export function retrievalText(outcome: RetrieveOutcome): string {
  switch (outcome.status) {
    case 'found':
      return outcome.original.content;
    case 'matched': {
      const { results, totalItems, query } = outcome;
      if (results.length === 0)
        return `None of ${totalItems} items matches the query ${JSON.stringify(query)}.`;
      return results.map(({ text }) => text).join('\n');
    }
    case 'expired':
    case 'unknown':
      return outcome.detail;
  }
}

function itemValue({ text, isJson }: RetrievedItem): unknown {
  return isJson ? (JSON.parse(text) as unknown) : text;
}
