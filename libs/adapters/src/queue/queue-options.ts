import type { Job } from '#libs/kernel';

export interface QueueSettings {
  /** How often a job is tried before it is given up. */
  readonly attempts?: number | undefined;
  /** The wait before the second attempt, in milliseconds; it doubles with each further one. */
  readonly backoffMs?: number | undefined;
  /** How many jobs of one name run at a time. */
  readonly concurrency?: number | undefined;
  /** Told of each failed attempt, and of faults of the queue itself (without a job). */
  readonly onFault?: ((error: unknown, job: Job | undefined, isGivenUp: boolean) => void) | undefined;
}

export const DEFAULT_ATTEMPTS = 5;
export const DEFAULT_BACKOFF_MS = 1_000;
export const DEFAULT_CONCURRENCY = 4;

/** The wait before the attempt after this one, in milliseconds. */
export function backoffAfter(attempt: number, backoffMs: number): number {
  return backoffMs * 2 ** (attempt - 1);
}
