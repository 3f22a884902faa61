import type { JsonObject } from './json.js';

export interface JobOptions {
  /** Wait at least this long before the first attempt, in milliseconds. */
  readonly delayMs?: number | undefined;
  /** A job with the id of one that has not finished yet is not added again. */
  readonly id?: string | undefined;
}

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly data: JsonObject;
  /** 1 on the first try. */
  readonly attempt: number;
}

export type JobHandler = (job: Job) => Promise<void>;

/**
 * Runs work off the request path, at least once and with retries; handlers must bear repetition. What must survive a
 * restart is derived from rows (such as memories without a vector): a job is a nudge, never the record.
 */
export abstract class JobQueue {
  /** @returns the job's id. @throws HeadroomError `unavailable` when the queue does not answer in time. */
  abstract enqueue(name: string, data: JsonObject, options?: JobOptions): Promise<string>;

  /** Registers the one handler of a job name; jobs that came earlier wait for it. */
  abstract handle(name: string, handler: JobHandler): void;

  /** Resolves when no job is due, running or waiting for a retry; delayed jobs included. */
  abstract drain(): Promise<void>;

  /** One cheap round trip. @throws HeadroomError `unavailable` when the queue does not answer in time. */
  abstract ping(): Promise<void>;

  /** Takes no more jobs, lets running ones finish and frees every resource. */
  abstract close(): Promise<void>;
}
