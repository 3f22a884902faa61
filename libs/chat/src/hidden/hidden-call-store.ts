import type { Caller } from '#libs/kernel';
import type { HiddenCalls } from './hidden-calls.js';

/**
 * Keeps hidden calls by the address of their answer until the client's next requests bring that answer along. Kept per
 * tenant and user; expiry slides with every `find`.
 */
export abstract class HiddenCallStore {
  /** @param userId whose they are; undefined for nobody's. What was kept last under an address stays. */
  abstract keep(caller: Caller, address: string, hidden: HiddenCalls, userId?: string): Promise<void>;

  /** Those of the addresses under which something is kept; renews it. */
  abstract find(
    caller: Caller,
    addresses: readonly string[],
    userId?: string,
  ): Promise<ReadonlyMap<string, HiddenCalls>>;

  /** Drops what has expired; across all tenants. @returns how many answers. */
  abstract sweep(): Promise<number>;
}

/** How long hidden calls are kept after the last request that brought their answer along, in seconds. */
export interface HiddenCallRetention {
  readonly ttlSeconds: number;
}
