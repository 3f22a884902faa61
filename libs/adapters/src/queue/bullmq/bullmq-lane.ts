import type * as Bull from 'bullmq';
import type { Job, JobHandler, JobLoad, JsonObject } from '#libs/kernel';
import { pauseAfter } from '../back-off.js';
import {
  DEFAULT_ATTEMPTS,
  DEFAULT_BACKOFF_MS,
  DEFAULT_CLOSE_WITHIN_MS,
  DEFAULT_CONCURRENCY,
  KEPT_FAILED,
} from '../queue-options.js';
import { runAttempt } from '../run-attempt.js';
import { type BullMqSettings, DEFAULT_DEADLINE_MS, DEFAULT_LOCK_MS } from './bullmq-settings.js';
import { withDeadline } from '../../redis/deadline.js';

/** What is stored of a job; BullMQ's own ids differ with each attempt to add it. */
interface Payload {
  readonly id: string;
  readonly data: JsonObject;
}

/** A job that was given up. */
export type DeadJob = Bull.Job<Payload, void>;

/** How often a period is announced again, in case Redis has lost it. */
const ANNOUNCE_MS = 30_000;
const CUTTING_DEADLINE_MS = 500;
const BACK_OFF = 'jittered';

/** The jobs of one name: a BullMQ queue, and its worker where they are handled. */
export class BullMqLane {
  readonly #queue: Bull.Queue<Payload, void>;
  readonly #timers: NodeJS.Timeout[] = [];
  #worker: Bull.Worker<Payload, void> | undefined;

  constructor(
    private readonly bullmq: typeof Bull,
    readonly name: string,
    private readonly settings: BullMqSettings,
    private readonly closing: AbortSignal,
  ) {
    // Without an offline queue a command fails at once while Redis is away, and is not carried out much later.
    this.#queue = new bullmq.Queue(name, this.#place({ enableOfflineQueue: false }));
    this.#queue.on('error', (error) => settings.onFault?.(error));
  }

  get isHandled(): boolean {
    return this.#worker !== undefined;
  }

  async add(id: string, data: JsonObject, delayMs: number): Promise<void> {
    const deduplication = { id, keepLastIfActive: true };
    await this.#inTime(() =>
      this.#queue.add(this.name, { id, data }, { ...this.#options(), delay: delayMs, deduplication }),
    );
  }

  handle(handler: JobHandler): void {
    const { attempts = DEFAULT_ATTEMPTS, backoffMs = DEFAULT_BACKOFF_MS, onFault } = this.settings;
    const { concurrency = DEFAULT_CONCURRENCY, lockMs = DEFAULT_LOCK_MS } = this.settings;
    const worker = new this.bullmq.Worker<Payload, void>(this.name, (job) => this.#run(job, handler), {
      ...this.#place(),
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: attempts,
      settings: {
        backoffStrategy: (attempt, _type, error) => pauseAfter(attempt, error, backoffMs),
      },
    });
    worker.on('failed', (_job, error) => {
      // Its servers died with it again and again; attempts that ended have told of themselves.
      if (error instanceof this.bullmq.UnrecoverableError) onFault?.(error);
    });
    worker.on('error', (error) => onFault?.(error));
    this.#worker = worker;
  }

  repeat(id: string, everyMs: number): void {
    const opts = { removeOnComplete: true, removeOnFail: true };
    const template = { name: this.name, data: { id, data: {} }, opts };
    const announce = (): void => {
      this.#inTime(() => this.#queue.upsertJobScheduler(id, { every: everyMs }, template)).catch(
        (error: unknown) => this.settings.onFault?.(error),
      );
    };
    announce();
    this.#timers.push(setInterval(announce, Math.min(Math.max(everyMs, 1_000), ANNOUNCE_MS)).unref());
  }

  async load(deadlineMs: number): Promise<JobLoad> {
    const [counts, [oldest]] = await withDeadline(deadlineMs, () =>
      Promise.all([
        this.#queue.getJobCounts('waiting', 'active', 'delayed', 'failed'),
        this.#queue.getJobs(['wait'], 0, 0, true),
      ]),
    );
    const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
    const oldestMs = oldest === undefined ? 0 : Math.max(0, Date.now() - oldest.timestamp - oldest.delay);
    return { name: this.name, waiting, running: active, delayed, failed, oldestMs };
  }

  async isBusy(): Promise<boolean> {
    const [unfinished, delayed] = await this.#inTime(() =>
      Promise.all([
        this.#queue.getJobCountByTypes('waiting', 'active', 'prioritized'),
        this.#queue.getDelayed(),
      ]),
    );
    return unfinished > 0 || delayed.some(({ repeatJobKey }) => repeatJobKey === undefined);
  }

  /** Newest first. */
  async failed(): Promise<readonly DeadJob[]> {
    const jobs: (DeadJob | undefined)[] = await this.#inTime(() => this.#queue.getFailed(0, KEPT_FAILED - 1));
    // One that was removed between the listing and the reading is undefined, whatever the type says.
    return jobs.filter((job) => job !== undefined);
  }

  /** Takes every failure of a job off the list. */
  async dropFailed(id: string): Promise<void> {
    const jobs = (await this.failed()).filter(({ data }) => data.id === id);
    await this.#inTime(() => Promise.all(jobs.map((job) => job.remove())));
  }

  /** Lets running jobs end. What is cut off keeps its lock until that runs out; then another server runs it. */
  async close(isRedisThere: boolean): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const worker = this.#worker;
    if (worker) await this.#stop(worker, isRedisThere);
    try {
      await withDeadline(CUTTING_DEADLINE_MS, () => this.#queue.close());
    } catch {
      await withDeadline(CUTTING_DEADLINE_MS, () => this.#queue.disconnect()).catch(() => undefined);
    }
  }

  async #stop(worker: Bull.Worker, isRedisThere: boolean): Promise<void> {
    const { closeWithinMs = DEFAULT_CLOSE_WITHIN_MS } = this.settings;
    try {
      if (isRedisThere) await withDeadline(closeWithinMs, () => worker.close());
      else await withDeadline(CUTTING_DEADLINE_MS, () => worker.close(true));
    } catch {
      await withDeadline(CUTTING_DEADLINE_MS, () => worker.disconnect()).catch(() => undefined);
    }
  }

  async #run(job: Bull.Job<Payload>, handler: JobHandler): Promise<void> {
    // The tick of a period adds its job like everybody else, so that it never runs twice at a time.
    if (job.repeatJobKey !== undefined) return this.add(job.data.id, job.data.data, 0);
    const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    // Done or given up, it takes the place of an earlier failure.
    const forgetEarlier = () => this.dropFailed(job.data.id).catch(() => undefined);
    try {
      await runAttempt(toJob(job), handler, this.closing, isLast, this.settings.onAttempt);
    } catch (error) {
      if (isLast) await forgetEarlier();
      throw error;
    }
    await forgetEarlier();
  }

  #options(): Bull.JobsOptions {
    const { attempts = DEFAULT_ATTEMPTS } = this.settings;
    return {
      attempts,
      backoff: { type: BACK_OFF },
      removeOnComplete: true,
      removeOnFail: { count: KEPT_FAILED },
    };
  }

  #place(more: { readonly enableOfflineQueue?: boolean } = {}) {
    const { url, prefix } = this.settings;
    return { connection: { url, maxRetriesPerRequest: null, ...more }, prefix };
  }

  #inTime<T>(work: () => Promise<T>): Promise<T> {
    return withDeadline(this.settings.deadlineMs ?? DEFAULT_DEADLINE_MS, work);
  }
}

function toJob(job: Bull.Job<Payload>): Job {
  return { id: job.data.id, name: job.name, data: job.data.data, attempt: job.attemptsMade + 1 };
}
