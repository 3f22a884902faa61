/** What compression took out of a prompt, kept whole. `hash` addresses the content: 24 lowercase hex of SHA-256. */
export interface Original {
  readonly hash: string;
  readonly content: string;
  /** The user it belongs to; undefined when the request named none. */
  readonly userId?: string | undefined;
  readonly toolName?: string | undefined;
  /** Of the structure of a tool's output; tells what a retrieval teaches. */
  readonly signature?: string | undefined;
  readonly originalTokens: number;
  readonly compressedTokens: number;
  /** Items, lines, matches or messages, before and after. */
  readonly originalItemCount: number;
  readonly compressedItemCount: number;
}

export interface StoredOriginal extends Original {
  readonly createdAt: Date;
  readonly lastAccessedAt: Date;
  readonly retrievalCount: number;
}

/** Expired is told apart from never stored; the age counts seconds since the last renewal. */
export type OriginalLookup =
  | { readonly status: 'found'; readonly original: StoredOriginal }
  | { readonly status: 'expired'; readonly ageSeconds: number }
  | { readonly status: 'unknown' };

export interface RetrievalEvent {
  readonly hash: string;
  /** The owner of the original that was read. */
  readonly userId?: string | undefined;
  readonly query?: string | undefined;
  readonly itemsRetrieved: number;
  readonly totalItems: number;
  readonly toolName?: string | undefined;
  readonly retrievalType: 'full' | 'search';
  readonly at: Date;
}

export interface OriginalStoreStats {
  readonly entryCount: number;
  readonly totalOriginalTokens: number;
  readonly totalCompressedTokens: number;
  readonly totalRetrievals: number;
  readonly eventCount: number;
  /** Newest first, at most 20. */
  readonly recentRetrievals: readonly RetrievalEvent[];
}
