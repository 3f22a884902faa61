import type { Caller } from '#libs/kernel';
import type { Original, OriginalLookup, OriginalStoreStats, RetrievalEvent } from './original.js';

/**
 * When an original is on disk: before `put` resolves, or with the caller's next durable write to the same store. The
 * latter spares a wait for the disk, and is for who tells nobody of a marker before that write.
 */
export type Durability = 'now' | 'with-next-write';

/**
 * Keeps originals, content-addressed per tenant and user. Expiry slides: every `put` and every retrieval starts it
 * anew; an expired entry leaves a trace (hash and times, no content) so that it is told apart from an unknown one.
 */
export abstract class OriginalStore {
  /**
   * Durable when it resolves, unless asked otherwise; a marker may only be emitted afterwards. Storing the same content
   * again renews it.
   */
  abstract put(caller: Caller, originals: readonly Original[], durability?: Durability): Promise<void>;

  /** Finds by hash among what the caller may see; with `userId` only among that user's (and nobody's) originals. */
  abstract find(caller: Caller, hash: string, userId?: string): Promise<OriginalLookup>;

  /** Notes that an original was read: renews its expiry and counts. */
  abstract recordRetrieval(caller: Caller, event: RetrievalEvent): Promise<void>;

  abstract stats(caller: Caller): Promise<OriginalStoreStats>;

  /**
   * Drops the content of what has expired, and of a tenant's least recently used originals beyond the limit; across
   * all tenants. @returns how many.
   */
  abstract sweep(): Promise<number>;
}

/** A trace of an expired original, which tells expired from unknown, is kept for 30 days. */
export const ORIGINAL_TRACE_SECONDS = 2_592_000;

/** How long and how many originals are kept; the number counts per tenant. */
export interface OriginalRetention {
  /** Sliding, in seconds. */
  readonly ttlSeconds: number;
  readonly maxEntries: number;
}
