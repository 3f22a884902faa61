import type { Caller, Clock, Pause } from '#libs/kernel';
import type { SharedContextStore } from '../shared-context-store.js';
import type { ContextEventBatch, ContextEventLog } from './context-event-log.js';
import type { ContextWakeups } from './context-wakeups.js';

/** What reading on needs. */
export interface TailParts {
  readonly log: ContextEventLog;
  readonly store: SharedContextStore;
  readonly wakeups: ContextWakeups;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly onFault: (error: unknown) => void;
}

/** How long nobody looks when nothing wakes, in milliseconds. Expiry is told of within this time, 5 s being promised. */
const LOOK_MS = 2_000;
export const EVENTS_PER_READ = 100;

interface Waiting {
  readonly position: number;
  readonly resolve: (batch: ContextEventBatch | undefined) => void;
}

/**
 * Reads on in the log of one context, once for all readers in this process, and looks for what expires in it while
 * anybody reads. It keeps nothing: who is not waiting when events come reads them from the log, at its own pace.
 */
export class ContextTail {
  private head: number | undefined;
  private readonly waiting = new Set<Waiting>();
  private readonly ending = new AbortController();
  private resting = new AbortController();
  private readonly unsubscribe: () => void;

  /** @param caller who may see everything of the tenant. */
  constructor(
    private readonly parts: TailParts,
    private readonly caller: Caller,
    private readonly context: string,
  ) {
    this.unsubscribe = parts.wakeups.subscribe(caller.tenantId, context, () => {
      this.resting.abort();
    });
    void this.keepReading();
    void this.keepExpiring();
  }

  /**
   * What comes after a position, when it comes, whoever may see it; undefined when the reader is behind and must read
   * the log, and when the signal is aborted.
   */
  next(position: number, until: AbortSignal): Promise<ContextEventBatch | undefined> {
    const isBehind = this.head !== undefined && position < this.head;
    if (isBehind || until.aborted || this.ending.signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const reader = {
        position,
        resolve: (batch: ContextEventBatch | undefined) => {
          this.waiting.delete(reader);
          until.removeEventListener('abort', leave);
          resolve(batch);
        },
      };
      const leave = (): void => {
        reader.resolve(undefined);
      };
      until.addEventListener('abort', leave);
      this.waiting.add(reader);
    });
  }

  end(): void {
    this.unsubscribe();
    this.ending.abort();
    this.resting.abort();
    for (const { resolve } of this.waiting) resolve(undefined);
  }

  private async keepReading(): Promise<void> {
    while (!this.ending.signal.aborted) {
      // Made before it reads: what is announced meanwhile makes it look again at once.
      this.resting = new AbortController();
      await this.attempt(() => this.readOn());
      await this.parts.pause.wait(LOOK_MS, this.resting.signal);
    }
  }

  private async keepExpiring(): Promise<void> {
    const { store, wakeups, clock, pause } = this.parts;
    while (!this.ending.signal.aborted) {
      await this.attempt(async () => {
        const expired = await store.expire(this.caller, this.context, clock.now());
        if (expired > 0) wakeups.announce(this.caller.tenantId, this.context);
      });
      await pause.wait(LOOK_MS, this.ending.signal);
    }
  }

  private async readOn(): Promise<void> {
    this.head ??= await this.parts.log.newest(this.caller, this.context);
    for (;;) {
      const after = this.head;
      const batch = await this.parts.log.read(this.caller, this.context, after, EVENTS_PER_READ);
      this.head = batch.next;
      this.handOut(after, batch);
      if (batch.events.length < EVENTS_PER_READ) return;
    }
  }

  private handOut(after: number, { events, next, missed }: ContextEventBatch): void {
    for (const reader of this.waiting) {
      if (reader.position >= next) continue;
      const hasAll = !missed && reader.position >= after;
      const theirs = events.filter(({ position }) => position > reader.position);
      reader.resolve(hasAll ? { events: theirs, next, missed: false } : undefined);
    }
  }

  /** While the store is away, readers wait: they go on where they were. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.parts.onFault(error);
    }
  }
}
