import { randomUUID } from 'node:crypto';
import {
  HeadroomError,
  type Job,
  type JobHandler,
  type JobOptions,
  JobQueue,
  type JsonObject,
} from '#libs/kernel';
import {
  backoffAfter,
  DEFAULT_ATTEMPTS,
  DEFAULT_BACKOFF_MS,
  DEFAULT_CONCURRENCY,
  type QueueSettings,
} from './queue-options.js';

interface Lane {
  readonly handler: JobHandler;
  running: number;
}

/** The embedded queue: jobs live in memory and run on this process's event loop, in the order they became due. */
export class InProcessJobQueue extends JobQueue {
  readonly #lanes = new Map<string, Lane>();
  readonly #due = new Map<string, Job[]>();
  readonly #unfinished = new Map<string, Job>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #waitingForQuiet: (() => void)[] = [];
  #isClosed = false;

  constructor(private readonly settings: QueueSettings = {}) {
    super();
  }

  override enqueue(name: string, data: JsonObject, options: JobOptions = {}): Promise<string> {
    const { id = randomUUID(), delayMs = 0 } = options;
    if (this.#isClosed) return Promise.reject(closed());
    if (!this.#unfinished.has(addressOf(name, id))) {
      const job: Job = { id, name, data: structuredClone(data), attempt: 1 };
      this.#unfinished.set(addressOf(name, id), job);
      this.#after(delayMs, job);
    }
    return Promise.resolve(id);
  }

  override handle(name: string, handler: JobHandler): void {
    if (this.#lanes.has(name)) throw new TypeError(`The job ${name} has a handler already.`);
    this.#lanes.set(name, { handler, running: 0 });
    this.#runDue(name);
  }

  override drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#waitingForQuiet.push(resolve);
      this.#noticeQuiet();
    });
  }

  override ping(): Promise<void> {
    return this.#isClosed ? Promise.reject(closed()) : Promise.resolve();
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#due.clear();
    const isRunning = () => [...this.#lanes.values()].some(({ running }) => running > 0);
    this.#unfinished.clear();
    if (isRunning()) await this.drain();
    this.#noticeQuiet();
  }

  #after(delayMs: number, job: Job): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#due.set(job.name, [...(this.#due.get(job.name) ?? []), job]);
      this.#runDue(job.name);
    }, delayMs);
    timer.unref();
    this.#timers.add(timer);
  }

  #runDue(name: string): void {
    const lane = this.#lanes.get(name);
    const due = this.#due.get(name);
    if (!lane || !due) return;
    while (lane.running < (this.settings.concurrency ?? DEFAULT_CONCURRENCY)) {
      const job = due.shift();
      if (!job) return;
      void this.#attempt(lane, job);
    }
  }

  async #attempt(lane: Lane, job: Job): Promise<void> {
    lane.running++;
    try {
      await lane.handler(job);
      this.#unfinished.delete(addressOf(job.name, job.id));
    } catch (error) {
      this.#retryOrGiveUp(job, error);
    } finally {
      lane.running--;
      this.#runDue(job.name);
      this.#noticeQuiet();
    }
  }

  #retryOrGiveUp(job: Job, error: unknown): void {
    const { attempts = DEFAULT_ATTEMPTS, backoffMs = DEFAULT_BACKOFF_MS, onFault } = this.settings;
    const isGivenUp = job.attempt >= attempts || this.#isClosed;
    if (isGivenUp) this.#unfinished.delete(addressOf(job.name, job.id));
    else this.#after(backoffAfter(job.attempt, backoffMs), { ...job, attempt: job.attempt + 1 });
    onFault?.(error, job, isGivenUp);
  }

  /** Jobs that nobody handles do not count: they would wait for ever. */
  #noticeQuiet(): void {
    const isRunning = [...this.#lanes.values()].some(({ running }) => running > 0);
    const isExpected = [...this.#unfinished.values()].some(({ name }) => this.#lanes.has(name));
    if (isRunning || isExpected) return;
    const waiting = this.#waitingForQuiet;
    this.#waitingForQuiet = [];
    for (const resolve of waiting) resolve();
  }
}

function addressOf(name: string, id: string): string {
  return JSON.stringify([name, id]);
}

function closed(): HeadroomError {
  return new HeadroomError('unavailable', 'The server is stopping and takes no more jobs.');
}
