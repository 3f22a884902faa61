import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type * as Bull from 'bullmq';
import {
  HeadroomError,
  type Job,
  type JobHandler,
  type JobOptions,
  JobQueue,
  type JsonObject,
} from '#libs/kernel';
import { withDeadline } from './deadline.js';
import {
  DEFAULT_ATTEMPTS,
  DEFAULT_BACKOFF_MS,
  DEFAULT_CONCURRENCY,
  type QueueSettings,
} from './queue-options.js';

export interface BullMqSettings extends QueueSettings {
  /** `redis://user:password@host:port/database`. */
  readonly url: string;
  /** Starts the name of every key. */
  readonly prefix?: string | undefined;
  /** How long a call to Redis may take, in milliseconds. */
  readonly deadlineMs?: number | undefined;
}

interface Payload {
  readonly id: string;
  readonly data: JsonObject;
}

type PayloadQueue = Bull.Queue<Payload, void>;
type PayloadWorker = Bull.Worker<Payload, void>;

const DEFAULT_PREFIX = 'headroom';
const DEFAULT_DEADLINE_MS = 2_000;
/** How long running jobs may take to end when the queue closes. */
const CLOSING_DEADLINE_MS = 5_000;
const CUTTING_DEADLINE_MS = 500;
/** Shorter than what a readiness probe waits. */
const PING_DEADLINE_MS = 1_000;
const POLL_MS = 20;
/** The queue that is asked when any would do; it holds no jobs. */
const PROBE = 'probe';

/** The queue of several servers: one BullMQ queue per job name on Redis. */
export class BullMqJobQueue extends JobQueue {
  readonly #queues = new Map<string, PayloadQueue>();
  readonly #workers = new Map<string, PayloadWorker>();
  #isClosed = false;

  private constructor(
    private readonly bullmq: typeof Bull,
    private readonly settings: BullMqSettings,
  ) {
    super();
  }

  /** Loads BullMQ only here: a server without Redis need not wait for it at start. */
  static async open(settings: BullMqSettings): Promise<BullMqJobQueue> {
    return new BullMqJobQueue(await import('bullmq'), settings);
  }

  override async enqueue(name: string, data: JsonObject, options: JobOptions = {}): Promise<string> {
    if (this.#isClosed)
      throw new HeadroomError('unavailable', 'The server is stopping and takes no more jobs.');
    const { id = randomUUID(), delayMs = 0 } = options;
    const { attempts = DEFAULT_ATTEMPTS, backoffMs = DEFAULT_BACKOFF_MS } = this.settings;
    await this.#inTime(() =>
      this.#queue(name).add(
        name,
        { id, data },
        {
          jobId: bullIdOf(id),
          delay: delayMs,
          attempts,
          backoff: { type: 'exponential', delay: backoffMs },
          // A finished job frees its id.
          removeOnComplete: true,
          removeOnFail: true,
        },
      ),
    );
    return id;
  }

  override handle(name: string, handler: JobHandler): void {
    if (this.#workers.has(name)) throw new TypeError(`The job ${name} has a handler already.`);
    const { onFault, concurrency = DEFAULT_CONCURRENCY } = this.settings;
    const worker: PayloadWorker = new this.bullmq.Worker(queueNameOf(name), (job) => handler(toJob(job)), {
      ...this.#location(),
      concurrency,
    });
    worker.on('failed', (job, error) => {
      const isGivenUp = job === undefined || job.attemptsMade >= (job.opts.attempts ?? 1);
      onFault?.(error, job && { ...toJob(job), attempt: job.attemptsMade }, isGivenUp);
    });
    worker.on('error', (error) => onFault?.(error, undefined, false));
    this.#workers.set(name, worker);
  }

  override async drain(): Promise<void> {
    while (await this.#hasWork()) await pause(POLL_MS);
  }

  override async ping(): Promise<void> {
    await withDeadline(PING_DEADLINE_MS, () => this.#queue(PROBE).getJobCountByTypes('waiting'));
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    const isThere = await this.ping().then(
      () => true,
      () => false,
    );
    await Promise.all([...this.#workers.values()].map((worker) => stopWorker(worker, isThere)));
    await Promise.all([...this.#queues.values()].map((queue) => stopQueue(queue)));
  }

  async #hasWork(): Promise<boolean> {
    const unfinished = await this.#inTime(() =>
      Promise.all(
        [...this.#workers.keys()].map((name) =>
          this.#queue(name).getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized'),
        ),
      ),
    );
    return unfinished.some((count) => count > 0);
  }

  #queue(name: string): PayloadQueue {
    const known = this.#queues.get(name);
    if (known) return known;
    const queue: PayloadQueue = new this.bullmq.Queue(queueNameOf(name), this.#location());
    queue.on('error', (error) => this.settings.onFault?.(error, undefined, false));
    this.#queues.set(name, queue);
    return queue;
  }

  #location() {
    const { url, prefix = DEFAULT_PREFIX } = this.settings;
    return { connection: { url, maxRetriesPerRequest: null }, prefix };
  }

  #inTime<T>(work: () => Promise<T>): Promise<T> {
    return withDeadline(this.settings.deadlineMs ?? DEFAULT_DEADLINE_MS, work);
  }
}

/** BullMQ gives a colon and whole numbers a meaning of their own in names and ids. */
function queueNameOf(name: string): string {
  return name.replaceAll(':', '-');
}

function bullIdOf(id: string): string {
  return `job-${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}

function toJob(job: Bull.Job<Payload>): Job {
  return { id: job.data.id, name: job.name, data: job.data.data, attempt: job.attemptsMade + 1 };
}

/** Lets running jobs end; without Redis, which cannot be told so, it only cuts the connection. */
async function stopWorker(worker: PayloadWorker, isRedisThere: boolean): Promise<void> {
  try {
    if (isRedisThere) await withDeadline(CLOSING_DEADLINE_MS, () => worker.close());
    else await withDeadline(CUTTING_DEADLINE_MS, () => worker.close(true));
  } catch {
    await withDeadline(CUTTING_DEADLINE_MS, () => worker.disconnect()).catch(() => undefined);
  }
}

async function stopQueue(queue: PayloadQueue): Promise<void> {
  try {
    await withDeadline(CUTTING_DEADLINE_MS, () => queue.close());
  } catch {
    await withDeadline(CUTTING_DEADLINE_MS, () => queue.disconnect()).catch(() => undefined);
  }
}
