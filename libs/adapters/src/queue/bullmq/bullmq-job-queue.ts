import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type * as Bull from 'bullmq';
import {
  type FailedJob,
  HeadroomError,
  type JobHandler,
  type JobLoad,
  type JobOptions,
  JobQueue,
  type JsonObject,
} from '#libs/kernel';
import { addressOf, messageOf } from '../queue-options.js';
import { BullMqLane, type DeadJob } from './bullmq-lane.js';
import type { BullMqSettings } from './bullmq-settings.js';

/** Shorter than what a readiness probe waits. */
const LOAD_DEADLINE_MS = 1_000;
const POLL_MS = 20;

/** The queue of several servers: one BullMQ queue per job name on Redis. */
export class BullMqJobQueue extends JobQueue {
  readonly #lanes = new Map<string, BullMqLane>();
  readonly #closing = new AbortController();

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
    if (this.#closing.signal.aborted)
      throw new HeadroomError('unavailable', 'The server is stopping and takes no more jobs.');
    const { id = randomUUID(), delayMs = 0 } = options;
    await this.#lane(name).add(id, data, delayMs);
    return id;
  }

  override handle(name: string, handler: JobHandler): void {
    const lane = this.#lane(name);
    if (lane.isHandled) throw new TypeError(`The job ${name} has a handler already.`);
    lane.handle(handler);
  }

  override repeat(name: string, id: string, everyMs: number): void {
    this.#lane(name).repeat(id, everyMs);
  }

  override async drain(): Promise<void> {
    const isBusy = async () => Promise.all(this.#handled().map((lane) => lane.isBusy()));
    while ((await isBusy()).includes(true)) await pause(POLL_MS);
  }

  override load(): Promise<readonly JobLoad[]> {
    return Promise.all(this.#handled().map((lane) => lane.load(LOAD_DEADLINE_MS)));
  }

  override async failed(): Promise<readonly FailedJob[]> {
    const jobs = (await Promise.all(this.#handled().map((lane) => lane.failed()))).flat();
    return jobs.map(toFailedJob).sort((a, b) => b.failedAt.getTime() - a.failedAt.getTime());
  }

  override async retry(address: string): Promise<boolean> {
    const dead = await this.#find(address);
    if (dead === undefined) return false;
    const { lane, id, data } = dead;
    // Taken off the list only when it is safely in the queue again.
    await this.enqueue(lane.name, data, { id });
    await lane.dropFailed(id);
    return true;
  }

  override async drop(address: string): Promise<boolean> {
    const dead = await this.#find(address);
    await dead?.lane.dropFailed(dead.id);
    return dead !== undefined;
  }

  override async close(): Promise<void> {
    this.#closing.abort();
    const isThere = await this.load().then(
      () => true,
      () => false,
    );
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close(isThere)));
  }

  async #find(address: string): Promise<{ lane: BullMqLane; id: string; data: JsonObject } | undefined> {
    for (const lane of this.#handled()) {
      const job = (await lane.failed()).find(({ data }) => addressOf(lane.name, data.id) === address);
      if (job) return { lane, ...job.data };
    }
    return undefined;
  }

  #handled(): readonly BullMqLane[] {
    return [...this.#lanes.values()].filter(({ isHandled }) => isHandled);
  }

  #lane(name: string): BullMqLane {
    const known = this.#lanes.get(name);
    if (known) return known;
    const lane = new BullMqLane(this.bullmq, name, this.settings, this.#closing.signal);
    this.#lanes.set(name, lane);
    return lane;
  }
}

function toFailedJob(job: DeadJob): FailedJob {
  return {
    address: addressOf(job.name, job.data.id),
    name: job.name,
    data: job.data.data,
    attempts: job.attemptsMade,
    error: messageOf(job.failedReason),
    failedAt: new Date(job.finishedOn ?? job.timestamp),
  };
}
