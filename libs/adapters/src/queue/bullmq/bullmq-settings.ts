import type { QueueSettings } from '../queue-options.js';

export interface BullMqSettings extends QueueSettings {
  /** `redis://user:password@host:port/database`. */
  readonly url: string;
  /** Starts the name of every key; servers of one store have the same, and those of another store another. */
  readonly prefix: string;
  /** How long a call to Redis may take, in milliseconds. */
  readonly deadlineMs?: number | undefined;
  /** How long a job stays with a server that has died, in milliseconds; then another one runs it. */
  readonly lockMs?: number | undefined;
}

export const DEFAULT_DEADLINE_MS = 2_000;
/** Renewed at half of it; an event loop that stands still for longer has its jobs run twice. */
export const DEFAULT_LOCK_MS = 10_000;
