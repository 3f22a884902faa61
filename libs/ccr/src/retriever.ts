import type { Caller, Clock } from '#libs/kernel';
import { Bm25Index, analyse } from '#libs/relevance';
import type { StoredOriginal } from './original.js';
import { itemsOf, type OriginalItem } from './original-items.js';
import type { OriginalRetention, OriginalStore } from './original-store.js';

/** What a query returns at most, and how near to the best match an item must come. */
export const MAX_RESULTS = 20;
export const MIN_SCORE = 0.3;

export interface RetrieveRequest {
  readonly hash: string;
  readonly query?: string | undefined;
  /** Limits the search to that user's originals and nobody's. */
  readonly userId?: string | undefined;
}

export interface RetrievedItem extends OriginalItem {
  /** Its place among the original's items. */
  readonly index: number;
  /** BM25, relative to the best match: 0.3–1. */
  readonly score: number;
}

export type RetrieveOutcome =
  | { readonly status: 'found'; readonly original: StoredOriginal }
  | {
      readonly status: 'matched';
      readonly original: StoredOriginal;
      readonly query: string;
      /** Best first. */
      readonly results: readonly RetrievedItem[];
      readonly totalItems: number;
    }
  | {
      readonly status: 'expired' | 'unknown';
      readonly hash: string;
      readonly ttlSeconds: number;
      /** What a client is told, in the words that clients know. */
      readonly detail: string;
    };

/** Gives originals back, whole or the items that match a query, and notes each retrieval. */
export class Retriever {
  constructor(
    private readonly store: OriginalStore,
    private readonly clock: Clock,
    private readonly retention: OriginalRetention,
  ) {}

  async retrieve(caller: Caller, request: RetrieveRequest): Promise<RetrieveOutcome> {
    const { hash, userId } = request;
    const { ttlSeconds } = this.retention;
    const lookup = await this.store.find(caller, hash, userId);
    if (lookup.status === 'unknown') {
      return {
        status: 'unknown',
        hash,
        ttlSeconds,
        detail: `Entry not found (CCR TTL: ${ttlSeconds} seconds)`,
      };
    }
    if (lookup.status === 'expired') {
      const age = Math.round(lookup.ageSeconds);
      const detail = `Entry expired (CCR TTL: ${ttlSeconds} seconds; age: ${age} seconds)`;
      return { status: 'expired', hash, ttlSeconds, detail };
    }
    const query = request.query?.trim() ?? '';
    return query === ''
      ? this.giveWhole(caller, lookup.original)
      : this.giveMatches(caller, lookup.original, query);
  }

  private async giveWhole(caller: Caller, original: StoredOriginal): Promise<RetrieveOutcome> {
    const { originalItemCount } = original;
    const renewed = await this.note(caller, original, originalItemCount, originalItemCount);
    return { status: 'found', original: renewed };
  }

  private async giveMatches(
    caller: Caller,
    original: StoredOriginal,
    query: string,
  ): Promise<RetrieveOutcome> {
    const items = itemsOf(original.content);
    const results = matchingItems(items, query);
    const renewed = await this.note(caller, original, results.length, items.length, query);
    return { status: 'matched', original: renewed, query, results, totalItems: items.length };
  }

  private async note(
    caller: Caller,
    original: StoredOriginal,
    itemsRetrieved: number,
    totalItems: number,
    query?: string,
  ): Promise<StoredOriginal> {
    const { hash, toolName, userId } = original;
    const at = this.clock.now();
    const retrievalType = query === undefined ? 'full' : 'search';
    await this.store.recordRetrieval(caller, {
      hash,
      userId,
      query,
      itemsRetrieved,
      totalItems,
      toolName,
      retrievalType,
      at,
    });
    return { ...original, lastAccessedAt: at, retrievalCount: original.retrievalCount + 1 };
  }
}

/** The items that match a query, best first, in their own order among equals. */
export function matchingItems(items: readonly OriginalItem[], query: string): RetrievedItem[] {
  const terms = analyse(query);
  const scores = terms.length > 0 ? rank(items, terms) : findVerbatim(items, query);
  const best = scores.reduce((highest, score) => Math.max(highest, score), 0);
  if (best === 0) return [];
  return items
    .map((item, index) => ({ ...item, index, score: (scores[index] ?? 0) / best }))
    .filter(({ score }) => score >= MIN_SCORE)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, MAX_RESULTS);
}

function rank(items: readonly OriginalItem[], terms: readonly string[]): Float64Array {
  return new Bm25Index(items.map(({ text }) => analyse(text))).scores(terms);
}

/** A query without words, such as `->` or a stop word alone, is looked for as it stands. */
function findVerbatim(items: readonly OriginalItem[], query: string): Float64Array {
  const wanted = query.toLowerCase();
  return Float64Array.from(items, ({ text }) => (text.toLowerCase().includes(wanted) ? 1 : 0));
}
