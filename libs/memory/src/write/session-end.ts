import type { Scope } from '#libs/kernel';
import type { Memory } from '../model/memory.js';
import { MOST_BEHIND_MS } from './in-turn.js';

/**
 * When what a session learned ends, where sessions have a time to live: a memory that carries a session and is given
 * no end of its own expires so long after it was made. What is promoted out of the session outlives it.
 */
export class SessionEnd {
  constructor(private readonly ttlSeconds: number | undefined) {}

  /** The end of a memory made at an instant; undefined for one of no session, or where sessions last. */
  of(scope: Scope, createdAt: Date): Date | undefined {
    if (scope.sessionId === undefined || this.ttlSeconds === undefined) return undefined;
    return new Date(createdAt.getTime() + this.ttlSeconds * 1000);
  }

  /**
   * The end that a memory was given for itself and hands on to its successors and copies. One that waited for its turn
   * may have been made so much later than its end says.
   */
  ownEnd({ scope, createdAt, expiresAt }: Memory): Date | undefined {
    const end = this.of(scope, createdAt);
    if (end === undefined || expiresAt === undefined) return expiresAt;
    const early = end.getTime() - expiresAt.getTime();
    return early >= 0 && early <= MOST_BEHIND_MS ? undefined : expiresAt;
  }
}
