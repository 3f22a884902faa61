import type { Caller } from '#libs/kernel';
import type { ContextEvent } from './context-event.js';

export interface ContextEventBatch {
  /** Oldest first, in the order in which the changes were committed. */
  readonly events: readonly ContextEvent[];
  /** Where to read on: beyond events that the caller may not see, too. */
  readonly next: number;
  /** Events between the position that was asked for and the first of these are no longer kept. */
  readonly missed: boolean;
}

/**
 * What happened in each shared context, in order. A store appends to it in the transaction of the change that it tells
 * of, so that neither is ever there without the other; positions grow in the order of the commits.
 */
export abstract class ContextEventLog {
  /** The position of the newest event: who reads on from here hears of what comes. */
  abstract newest(caller: Caller, context: string): Promise<number>;

  /** Up to `limit` events after a position, without those of users that the caller may not see. */
  abstract read(caller: Caller, context: string, after: number, limit: number): Promise<ContextEventBatch>;

  /** Forgets events that are older than they are kept. @returns how many. */
  abstract sweep(now: Date): Promise<number>;
}
