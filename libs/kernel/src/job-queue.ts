import type { JsonObject } from './json.js';

export interface JobOptions {
  /** Wait at least this long before the first attempt, in milliseconds. */
  readonly delayMs?: number | undefined;
  /** A job with the id of one that waits is not added again; with the id of one that runs it runs once more after it. */
  readonly id?: string | undefined;
}

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly data: JsonObject;
  /** 1 on the first try. */
  readonly attempt: number;
}

/**
 * An error whose `details.retry_after_ms` asks for a longer pause gets it before the next attempt.
 * @param signal aborts when the queue closes: what can stop half-way, should.
 */
export type JobHandler = (job: Job, signal: AbortSignal) => Promise<void>;

/** A job whose last attempt failed, kept until somebody decides what becomes of it. */
export interface FailedJob {
  /** The job's name and id: `sweep:originals`. */
  readonly address: string;
  readonly name: string;
  readonly data: JsonObject;
  readonly attempts: number;
  /** The message of the last attempt's error. */
  readonly error: string;
  readonly failedAt: Date;
}

/** How the jobs of one name stand. */
export interface JobLoad {
  readonly name: string;
  /** Due, and not begun. */
  readonly waiting: number;
  readonly running: number;
  /** Not due yet: delayed, between two attempts, or the next of a periodic job. */
  readonly delayed: number;
  readonly failed: number;
  /** For how long the oldest waiting job has been due, in milliseconds; 0 without one. */
  readonly oldestMs: number;
}

/**
 * Runs work off the request path, at least once, with retries; handlers must bear repetition. What must survive a
 * restart is derived from rows (such as memories without a vector): a job is a nudge, never the record.
 */
export abstract class JobQueue {
  /** @returns the job's id. @throws HeadroomError `unavailable` when the queue does not answer in time. */
  abstract enqueue(name: string, data: JsonObject, options?: JobOptions): Promise<string>;

  /** Registers the one handler of a job name; jobs that came earlier wait for it. Names have no colon. */
  abstract handle(name: string, handler: JobHandler): void;

  /**
   * Adds a job of that id, without data, once per period from now on; for the first time within one period. Servers that
   * share the queue share the job: one of them runs it each time. While the queue is away it waits.
   */
  abstract repeat(name: string, id: string, everyMs: number): void;

  /** Resolves when no job is due, running, delayed or waiting for a retry; periodic ones do not count. */
  abstract drain(): Promise<void>;

  /** By name, of the names that are handled here. @throws HeadroomError `unavailable`. */
  abstract load(): Promise<readonly JobLoad[]>;

  /** What was given up, newest first: the last hundred of each handled name, one per address. @throws HeadroomError `unavailable`. */
  abstract failed(): Promise<readonly FailedJob[]>;

  /** Takes a failed job off the list and adds it anew. @returns false when there is none. @throws HeadroomError `unavailable`. */
  abstract retry(address: string): Promise<boolean>;

  /** Takes a failed job off the list. @returns false when there is none. @throws HeadroomError `unavailable`. */
  abstract drop(address: string): Promise<boolean>;

  /** Takes no more jobs and frees every resource. Running jobs may end within a deadline; what is cut off runs again. */
  abstract close(): Promise<void>;
}
