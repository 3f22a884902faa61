import type { Caller } from '#libs/kernel';
import { contentOf, NOTHING_LEARNED, type LearnedSnapshot } from './learned-snapshot.js';
import type { Observation } from './observation.js';
import { MAX_PATTERNS, type PatternStore } from './pattern-store.js';

export interface LearningOptions {
  /** Nothing is recorded, and nothing applied, where it is off. */
  readonly isEnabled?: boolean | undefined;
  /** Called when something was observed and a flush is due soon. */
  readonly onObserved?: (() => void) | undefined;
  /** Called when observations could not be stored; they are kept for the next flush. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** A flush is due at this many observations. */
const FLUSH_AT = 200;
/** While the store fails, the newest this many observations per tenant are kept. */
const MAX_WAITING = 5_000;
/** A conversation sends its old results again with every turn; this many outputs are remembered as learned from. */
const MAX_MET = 10_000;
/** Another server on the same store may have published meanwhile, in milliseconds. */
const SNAPSHOT_AGE_MS = 5_000;

interface Waiting {
  readonly caller: Caller;
  observations: Observation[];
  snapshot: LearnedSnapshot | undefined;
  readAt: number;
}

/** Notes observations at once in memory; stores them, and publishes what follows from them, many at a time. */
export class LearningRecorder {
  private readonly tenants = new Map<string, Waiting>();
  private readonly met = new Set<string>();
  private flushing: Promise<void> = Promise.resolve();
  private isFlushing = false;

  constructor(
    private readonly store: PatternStore,
    private readonly now: () => number,
    private readonly options: LearningOptions,
  ) {}

  /** Never throws and never waits. */
  note(caller: Caller, observations: readonly Observation[]): void {
    const fresh = observations.filter((each) => each.type === 'retrieval' || this.isNew(caller, each.hash));
    if (fresh.length === 0) return;
    const waiting = this.waitingOf(caller);
    waiting.observations.push(...fresh);
    const surplus = waiting.observations.length - MAX_WAITING;
    if (surplus > 0) waiting.observations.splice(0, surplus);
    if (waiting.observations.length >= FLUSH_AT && !this.isFlushing) void this.flush();
    this.options.onObserved?.();
  }

  /** Stores everything noted so far and publishes what it comes to; one flush runs at a time. Never rejects. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.flushAll());
    return this.flushing;
  }

  /** Publishes what the patterns come to now. */
  async publish(caller: Caller): Promise<void> {
    const waiting = this.waitingOf(caller);
    const patterns = await this.store.list(waiting.caller, MAX_PATTERNS);
    waiting.snapshot = await this.store.publish(waiting.caller, contentOf(patterns));
    waiting.readAt = this.now();
  }

  /** The last published, at most a few seconds old. Never rejects: without it nothing was learned. */
  async snapshot(caller: Caller): Promise<LearnedSnapshot> {
    const waiting = this.waitingOf(caller);
    if (waiting.snapshot !== undefined && this.now() - waiting.readAt < SNAPSHOT_AGE_MS)
      return waiting.snapshot;
    try {
      waiting.snapshot = await this.store.snapshot(waiting.caller);
    } catch (error) {
      this.options.onFailure?.(error);
    }
    waiting.readAt = this.now();
    return waiting.snapshot ?? NOTHING_LEARNED;
  }

  private async flushAll(): Promise<void> {
    this.isFlushing = true;
    for (const waiting of this.tenants.values()) await this.flushOne(waiting);
    this.isFlushing = false;
  }

  private async flushOne(waiting: Waiting): Promise<void> {
    const { observations } = waiting;
    if (observations.length === 0) return;
    waiting.observations = [];
    try {
      await this.store.learn(waiting.caller, observations);
    } catch (error) {
      waiting.observations = [...observations, ...waiting.observations].slice(-MAX_WAITING);
      this.options.onFailure?.(error);
      return;
    }
    // What is learned stays learned: it is published with the next flush.
    await this.publish(waiting.caller).catch((error: unknown) => this.options.onFailure?.(error));
  }

  private isNew(caller: Caller, hash: string): boolean {
    const key = `${hash} ${caller.tenantId}`;
    if (this.met.has(key)) return false;
    this.met.add(key);
    if (this.met.size > MAX_MET) for (const oldest of this.met) if (this.met.delete(oldest)) break;
    return true;
  }

  private waitingOf(caller: Caller): Waiting {
    const known = this.tenants.get(caller.tenantId);
    if (known !== undefined) return known;
    // What is learned belongs to the tenant, whichever of its keys it came by.
    const waiting: Waiting = {
      caller: { tenantId: caller.tenantId, users: null, isAdmin: false },
      observations: [],
      snapshot: undefined,
      readAt: 0,
    };
    this.tenants.set(caller.tenantId, waiting);
    return waiting;
  }
}
