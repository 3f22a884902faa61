import type { FailedJob } from '#libs/kernel';
import { KEPT_FAILED } from './queue-options.js';

/** The jobs of this process that were given up: one per address, the newest of each name. */
export class FailedJobs {
  /** Oldest first. */
  readonly #jobs = new Map<string, FailedJob>();

  add(job: FailedJob): void {
    this.#jobs.delete(job.address);
    this.#jobs.set(job.address, job);
    const [oldest, ...others] = this.#ofName(job.name);
    if (oldest && others.length >= KEPT_FAILED) this.#jobs.delete(oldest.address);
  }

  /** @returns the job that was there. */
  take(address: string): FailedJob | undefined {
    const job = this.#jobs.get(address);
    this.#jobs.delete(address);
    return job;
  }

  count(name: string): number {
    return this.#ofName(name).length;
  }

  newestFirst(): readonly FailedJob[] {
    return [...this.#jobs.values()].reverse();
  }

  #ofName(name: string): readonly FailedJob[] {
    return [...this.#jobs.values()].filter((job) => job.name === name);
  }
}
