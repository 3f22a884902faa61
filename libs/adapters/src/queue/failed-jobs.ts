import type { FailedJob } from '#libs/kernel';
import { KEPT_FAILED } from './queue-options.js';

/** Where the failed jobs of a process outlive it. */
export interface FailedJobKeeper {
  /** Oldest first. */
  all(): Promise<readonly FailedJob[]>;
  keep(job: FailedJob): Promise<void>;
  forget(address: string): Promise<void>;
}

/** The jobs of this process that were given up: one per address, the newest of each name. */
export class FailedJobs {
  /** Oldest first. */
  readonly #jobs = new Map<string, FailedJob>();
  #written = Promise.resolve();

  private constructor(private readonly keeper: FailedJobKeeper | undefined) {}

  /** With a keeper, those of an earlier process too. */
  static async open(keeper: FailedJobKeeper): Promise<FailedJobs> {
    const jobs = new FailedJobs(keeper);
    for (const job of await keeper.all()) jobs.#jobs.set(job.address, job);
    return jobs;
  }

  static inMemory(): FailedJobs {
    return new FailedJobs(undefined);
  }

  add(job: FailedJob): void {
    this.#jobs.delete(job.address);
    this.#jobs.set(job.address, job);
    this.#write((keeper) => keeper.keep(job));
    const [oldest, ...others] = this.#ofName(job.name);
    if (oldest && others.length >= KEPT_FAILED) this.take(oldest.address);
  }

  /** @returns the job that was there. */
  take(address: string): FailedJob | undefined {
    const job = this.#jobs.get(address);
    if (job === undefined) return undefined;
    this.#jobs.delete(address);
    this.#write((keeper) => keeper.forget(address));
    return job;
  }

  count(name: string): number {
    return this.#ofName(name).length;
  }

  newestFirst(): readonly FailedJob[] {
    return [...this.#jobs.values()].reverse();
  }

  /** Resolves when what was added and taken is written, or could not be. */
  written(): Promise<void> {
    return this.#written;
  }

  /** One after the other. A job may have failed because the store does: then the list is this process's alone. */
  #write(change: (keeper: FailedJobKeeper) => Promise<void>): void {
    const { keeper } = this;
    if (keeper === undefined) return;
    this.#written = this.#written.then(() => change(keeper)).catch(() => undefined);
  }

  #ofName(name: string): readonly FailedJob[] {
    return [...this.#jobs.values()].filter((job) => job.name === name);
  }
}
