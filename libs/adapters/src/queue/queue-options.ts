import type { Job } from '#libs/kernel';

export interface QueueSettings {
  /** How often a job is tried before it is given up. */
  readonly attempts?: number | undefined;
  /** The wait before the second attempt, in milliseconds; it doubles with each further one. */
  readonly backoffMs?: number | undefined;
  /** How many jobs of one name run at a time. */
  readonly concurrency?: number | undefined;
  /** How long running jobs may take to end when the queue closes, in milliseconds. */
  readonly closeWithinMs?: number | undefined;
  /** Told of each attempt when it has ended. */
  readonly onAttempt?: ((attempt: JobAttempt) => void) | undefined;
  /** Told of faults of the queue itself. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

/** One run of a handler. */
export interface JobAttempt {
  readonly job: Job;
  readonly outcome: 'done' | 'failed' | 'given_up';
  readonly milliseconds: number;
  /** Of an attempt that was not `done`. */
  readonly error?: unknown;
}

export const DEFAULT_ATTEMPTS = 5;
export const DEFAULT_BACKOFF_MS = 1_000;
export const DEFAULT_CONCURRENCY = 4;
/** Well within what the process takes to stop. */
export const DEFAULT_CLOSE_WITHIN_MS = 5_000;
/** The newest of each job name that was given up. */
export const KEPT_FAILED = 100;
/** Of an error that is shown to operators. */
const MAX_ERROR_CHARACTERS = 500;

/** The name and the id of a job; a name has no colon. */
export function addressOf(name: string, id: string): string {
  return `${name}:${id}`;
}

export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR_CHARACTERS);
}
