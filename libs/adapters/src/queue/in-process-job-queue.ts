import { randomUUID } from 'node:crypto';
import {
  type FailedJob,
  HeadroomError,
  type Job,
  type JobHandler,
  type JobLoad,
  type JobOptions,
  JobQueue,
  type JsonObject,
} from '#libs/kernel';
import { pauseAfter } from './back-off.js';
import { FailedJobs } from './failed-jobs.js';
import {
  addressOf,
  DEFAULT_ATTEMPTS,
  DEFAULT_BACKOFF_MS,
  DEFAULT_CLOSE_WITHIN_MS,
  DEFAULT_CONCURRENCY,
  messageOf,
  type QueueSettings,
} from './queue-options.js';
import { runAttempt } from './run-attempt.js';

/** A job that has not finished. */
interface Kept {
  job: Job;
  state: 'delayed' | 'waiting' | 'running';
  dueAt: number;
  /** What came under the same id while it ran. */
  again?: { readonly data: JsonObject; readonly delayMs: number } | undefined;
}

interface Lane {
  handler?: JobHandler;
  readonly due: Kept[];
  running: number;
}

/**
 * The embedded queue: jobs live in memory and run on this process's event loop, in the order they became due. They die
 * with the process.
 */
export class InProcessJobQueue extends JobQueue {
  readonly #failed: FailedJobs;
  readonly #lanes = new Map<string, Lane>();
  readonly #unfinished = new Map<string, Kept>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #closing = new AbortController();
  #waitingForQuiet: (() => void)[] = [];

  /** @param failed the list of what was given up; by default it dies with the process. */
  constructor(
    private readonly settings: QueueSettings = {},
    failed = FailedJobs.inMemory(),
  ) {
    super();
    this.#failed = failed;
  }

  override enqueue(name: string, data: JsonObject, options: JobOptions = {}): Promise<string> {
    const { id = randomUUID(), delayMs = 0 } = options;
    if (this.#isClosed) return Promise.reject(closed());
    const same = this.#unfinished.get(addressOf(name, id));
    if (same === undefined) this.#add({ id, name, data: structuredClone(data), attempt: 1 }, delayMs);
    else if (same.state === 'running') same.again = { data: structuredClone(data), delayMs };
    return Promise.resolve(id);
  }

  override handle(name: string, handler: JobHandler): void {
    const lane = this.#lane(name);
    if (lane.handler) throw new TypeError(`The job ${name} has a handler already.`);
    lane.handler = handler;
    this.#runDue(lane);
  }

  override repeat(name: string, id: string, everyMs: number): void {
    const timer = setInterval(() => void this.enqueue(name, {}, { id }), everyMs);
    this.#timers.add(timer.unref());
  }

  override drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#waitingForQuiet.push(resolve);
      this.#noticeQuiet();
    });
  }

  override load(): Promise<readonly JobLoad[]> {
    const now = performance.now();
    const loads = [...this.#lanes].filter(([, { handler }]) => handler !== undefined);
    return Promise.resolve(
      loads.map(([name, { due, running }]) => ({
        name,
        waiting: due.length,
        running,
        delayed: [...this.#unfinished.values()].filter(
          ({ job, state }) => job.name === name && state === 'delayed',
        ).length,
        failed: this.#failed.count(name),
        oldestMs: due[0] === undefined ? 0 : now - due[0].dueAt,
      })),
    );
  }

  override async failed(): Promise<readonly FailedJob[]> {
    await this.#failed.written();
    const isHandled = ({ name }: FailedJob): boolean => this.#lanes.get(name)?.handler !== undefined;
    return this.#failed.newestFirst().filter(isHandled);
  }

  override async retry(address: string): Promise<boolean> {
    if (this.#isClosed) throw closed();
    const job = this.#failed.take(address);
    if (job) await this.enqueue(job.name, job.data, { id: address.slice(job.name.length + 1) });
    await this.#failed.written();
    return job !== undefined;
  }

  override async drop(address: string): Promise<boolean> {
    const job = this.#failed.take(address);
    await this.#failed.written();
    return job !== undefined;
  }

  override async close(): Promise<void> {
    this.#closing.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const lane of this.#lanes.values()) lane.due.length = 0;
    for (const [address, { state }] of this.#unfinished) {
      if (state !== 'running') this.#unfinished.delete(address);
    }
    const { closeWithinMs = DEFAULT_CLOSE_WITHIN_MS } = this.settings;
    const patience = setTimeout(() => {
      this.#unfinished.clear();
      this.#noticeQuiet();
    }, closeWithinMs);
    await this.drain();
    clearTimeout(patience);
    await this.#failed.written();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known) return known;
    const fresh: Lane = { due: [], running: 0 };
    this.#lanes.set(name, fresh);
    return fresh;
  }

  #add(job: Job, delayMs: number): void {
    const kept: Kept = { job, state: 'delayed', dueAt: 0 };
    this.#unfinished.set(addressOf(job.name, job.id), kept);
    this.#after(delayMs, kept);
  }

  #after(delayMs: number, kept: Kept): void {
    kept.state = 'delayed';
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      kept.state = 'waiting';
      kept.dueAt = performance.now();
      const lane = this.#lane(kept.job.name);
      lane.due.push(kept);
      this.#runDue(lane);
    }, delayMs);
    this.#timers.add(timer.unref());
  }

  #runDue(lane: Lane): void {
    const { concurrency = DEFAULT_CONCURRENCY } = this.settings;
    while (lane.handler && lane.running < concurrency) {
      const kept = lane.due.shift();
      if (!kept) return;
      void this.#attempt(lane, lane.handler, kept);
    }
  }

  async #attempt(lane: Lane, handler: JobHandler, kept: Kept): Promise<void> {
    const { attempts = DEFAULT_ATTEMPTS, backoffMs = DEFAULT_BACKOFF_MS, onAttempt } = this.settings;
    const isLast = kept.job.attempt >= attempts;
    kept.state = 'running';
    lane.running++;
    try {
      await runAttempt(kept.job, handler, this.#closing.signal, isLast, onAttempt);
      this.#failed.take(addressOf(kept.job.name, kept.job.id));
      this.#finish(kept);
    } catch (error) {
      if (isLast) this.#giveUp(kept, error);
      else if (this.#isClosed) this.#finish(kept);
      else {
        const pause = pauseAfter(kept.job.attempt, error, backoffMs);
        kept.job = { ...kept.job, attempt: kept.job.attempt + 1 };
        this.#after(pause, kept);
      }
    } finally {
      lane.running--;
      this.#runDue(lane);
      this.#noticeQuiet();
    }
  }

  #giveUp(kept: Kept, error: unknown): void {
    const { id, name, data, attempt } = kept.job;
    const address = addressOf(name, id);
    this.#failed.add({
      address,
      name,
      data,
      attempts: attempt,
      error: messageOf(error),
      failedAt: new Date(),
    });
    this.#finish(kept);
  }

  #finish({ job, again }: Kept): void {
    this.#unfinished.delete(addressOf(job.name, job.id));
    if (again && !this.#isClosed) this.#add({ ...job, data: again.data, attempt: 1 }, again.delayMs);
  }

  /** Jobs that nobody handles do not count: they would wait for ever. */
  #noticeQuiet(): void {
    const isExpected = [...this.#unfinished.values()].some(({ job }) => this.#lane(job.name).handler);
    if (isExpected) return;
    const waiting = this.#waitingForQuiet;
    this.#waitingForQuiet = [];
    for (const resolve of waiting) resolve();
  }
}

function closed(): HeadroomError {
  return new HeadroomError('unavailable', 'The server is stopping and takes no more jobs.');
}
