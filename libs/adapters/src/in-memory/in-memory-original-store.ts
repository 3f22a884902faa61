import {
  ORIGINAL_TRACE_SECONDS,
  type Original,
  type OriginalLookup,
  type OriginalRetention,
  OriginalStore,
  type OriginalStoreStats,
  type RetrievalEvent,
} from '#libs/ccr';
import { type Caller, type Clock, type ErasureReceipt, maySee, requireUser } from '#libs/kernel';
import type { Erasable } from './erasable.js';

interface Kept {
  readonly tenantId: string;
  readonly original: Original;
  readonly createdAt: Date;
  lastAccessedAt: Date;
  retrievalCount: number;
  /** Its content is gone; what is left is the trace. */
  dropped: boolean;
  /** Something names it until then. */
  pinnedUntil: Date;
}

const NEVER_PINNED = new Date(0);

interface KeptEvent {
  readonly tenantId: string;
  readonly event: RetrievalEvent;
}

export class InMemoryOriginalStore extends OriginalStore implements Erasable {
  readonly #kept = new Map<string, Kept>();
  #events: KeptEvent[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly retention: OriginalRetention,
  ) {
    super();
  }

  override async put(caller: Caller, originals: readonly Original[]): Promise<void> {
    await Promise.resolve();
    for (const { userId } of originals) if (userId !== undefined) requireUser(caller, userId);
    const now = this.clock.now();
    for (const original of originals) {
      const address = addressOf(caller.tenantId, original.userId, original.hash);
      const known = this.#kept.get(address);
      if (known && this.#isAlive(known)) known.lastAccessedAt = now;
      else {
        this.#kept.set(address, {
          tenantId: caller.tenantId,
          original,
          createdAt: now,
          lastAccessedAt: now,
          retrievalCount: 0,
          dropped: false,
          pinnedUntil: NEVER_PINNED,
        });
      }
    }
  }

  /** Keeps an original until a time, and stores it where it is gone. */
  pinWhole(tenantId: string, original: Original, until: Date): void {
    const now = this.clock.now();
    const address = addressOf(tenantId, original.userId, original.hash);
    const known = this.#kept.get(address);
    if (known === undefined || known.dropped) {
      const fresh = { createdAt: now, lastAccessedAt: now, retrievalCount: 0, dropped: false };
      this.#kept.set(address, { tenantId, original, ...fresh, pinnedUntil: NEVER_PINNED });
    }
    this.pin(tenantId, original.userId, [original.hash], until);
  }

  /** Keeps the originals that are there until a time, whatever else would end them. */
  pin(tenantId: string, userId: string | undefined, hashes: readonly string[], until: Date): void {
    for (const kept of this.#intact(tenantId, userId, hashes)) {
      kept.lastAccessedAt = this.clock.now();
      if (kept.pinnedUntil < until) kept.pinnedUntil = until;
    }
  }

  renew(tenantId: string, userId: string | undefined, hashes: readonly string[]): void {
    for (const kept of this.#intact(tenantId, userId, hashes)) kept.lastAccessedAt = this.clock.now();
  }

  override async find(caller: Caller, hash: string, userId?: string): Promise<OriginalLookup> {
    await Promise.resolve();
    const kept = this.#best(caller, hash, userId);
    if (!kept) return { status: 'unknown' };
    if (this.#isAlive(kept)) {
      const { original, createdAt, lastAccessedAt, retrievalCount } = kept;
      return { status: 'found', original: { ...original, createdAt, lastAccessedAt, retrievalCount } };
    }
    return { status: 'expired', ageSeconds: this.#ageSeconds(kept) };
  }

  override async recordRetrieval(caller: Caller, event: RetrievalEvent): Promise<void> {
    await Promise.resolve();
    const kept = this.#best(caller, event.hash, event.userId);
    if (kept && this.#isAlive(kept)) {
      kept.lastAccessedAt = this.clock.now();
      kept.retrievalCount++;
    }
    const owner = event.userId ?? kept?.original.userId;
    this.#events.push({ tenantId: caller.tenantId, event: { ...event, userId: owner } });
  }

  override async stats(caller: Caller): Promise<OriginalStoreStats> {
    await Promise.resolve();
    const mine = [...this.#kept.values()].filter(
      (kept) => this.#isVisible(caller, kept) && this.#isAlive(kept),
    );
    const events = this.#events
      .filter(({ tenantId, event }) => tenantId === caller.tenantId && maySee(caller, event.userId))
      .map(({ event }) => event);
    const sum = (value: (kept: Kept) => number) => mine.reduce((total, kept) => total + value(kept), 0);
    return {
      entryCount: mine.length,
      totalOriginalTokens: sum((kept) => kept.original.originalTokens),
      totalCompressedTokens: sum((kept) => kept.original.compressedTokens),
      totalRetrievals: sum((kept) => kept.retrievalCount),
      eventCount: events.length,
      recentRetrievals: events.toReversed().slice(0, 20),
    };
  }

  override async sweep(): Promise<number> {
    await Promise.resolve();
    let dropped = 0;
    const drop = (kept: Kept) => {
      kept.dropped = true;
      dropped++;
    };
    const alive = new Map<string, Kept[]>();
    for (const [address, kept] of this.#kept) {
      if (this.#ageSeconds(kept) > ORIGINAL_TRACE_SECONDS && !this.#isPinned(kept))
        this.#kept.delete(address);
      if (kept.dropped) continue;
      if (this.#isAlive(kept)) alive.set(kept.tenantId, [...(alive.get(kept.tenantId) ?? []), kept]);
      else drop(kept);
    }
    for (const ofTenant of alive.values()) {
      ofTenant
        .sort((a, b) => b.lastAccessedAt.getTime() - a.lastAccessedAt.getTime())
        .slice(this.retention.maxEntries)
        .filter((kept) => !this.#isPinned(kept))
        .forEach(drop);
    }
    return dropped;
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    let originals = 0;
    for (const [address, kept] of this.#kept) {
      if (kept.tenantId !== tenantId || kept.original.userId !== userId) continue;
      this.#kept.delete(address);
      originals++;
    }
    const left = this.#events.filter((kept) => kept.tenantId !== tenantId || kept.event.userId !== userId);
    const retrievalEvents = this.#events.length - left.length;
    this.#events = left;
    return { originals, retrievalEvents };
  }

  /** Living before expired, the user's own before nobody's, then the last used. */
  #best(caller: Caller, hash: string, userId: string | undefined): Kept | undefined {
    const rank = (kept: Kept) =>
      (this.#isAlive(kept) ? 2 : 0) + (userId !== undefined && kept.original.userId === userId ? 1 : 0);
    return [...this.#kept.values()]
      .filter(
        (kept) =>
          kept.original.hash === hash &&
          this.#isVisible(caller, kept) &&
          (userId === undefined || kept.original.userId === undefined || kept.original.userId === userId),
      )
      .sort((a, b) => rank(b) - rank(a) || b.lastAccessedAt.getTime() - a.lastAccessedAt.getTime())[0];
  }

  #isVisible(caller: Caller, kept: Kept): boolean {
    return kept.tenantId === caller.tenantId && maySee(caller, kept.original.userId);
  }

  #isAlive(kept: Kept): boolean {
    return !kept.dropped && (this.#isPinned(kept) || this.#ageSeconds(kept) < this.retention.ttlSeconds);
  }

  #isPinned({ pinnedUntil }: Kept): boolean {
    return pinnedUntil > this.clock.now();
  }

  #intact(tenantId: string, userId: string | undefined, hashes: readonly string[]): Kept[] {
    return hashes
      .map((hash) => this.#kept.get(addressOf(tenantId, userId, hash)))
      .filter((kept) => kept !== undefined && !kept.dropped) as Kept[];
  }

  #ageSeconds(kept: Kept): number {
    return Math.floor((this.clock.now().getTime() - kept.lastAccessedAt.getTime()) / 1000);
  }
}

function addressOf(tenantId: string, userId: string | undefined, hash: string): string {
  return JSON.stringify([tenantId, userId ?? null, hash]);
}
