import { type Caller, type Clock, type ErasureReceipt, maySee, requireUser } from '#libs/kernel';
import {
  anotherUsersEntry,
  type ContextChange,
  type ContextEventType,
  type EntryDraft,
  ENTRY_TRACE_SECONDS,
  type EntryLookup,
  type EntryPage,
  type EntryPageRequest,
  type EntrySource,
  type KnownSource,
  type PinLookup,
  pinnedOf,
  pinSources,
  type PutCondition,
  requireCondition,
  type SharedContextConfig,
  SharedContextStore,
  type SharedContextTotals,
  type SharedEntry,
  type SharedEntrySummary,
  type StoredPut,
} from '#libs/shared-context';
import { decodePosition, encodeCursor } from '../database/cursor.js';
import type { Erasable } from './erasable.js';
import { InMemoryContextEventLog } from './in-memory-context-event-log.js';

interface Slot {
  readonly tenantId: string;
  readonly context: string;
  readonly key: string;
  readonly userId: string | undefined;
  readonly version: number;
  readonly sequence: number;
  readonly expiresAt: Date;
  readonly goneAt: Date | null;
  /** null once deleted, evicted or swept: what is left is the trace. */
  readonly entry: SharedEntry | null;
  /** What it was made from, each with its owner. */
  readonly sources: readonly (EntrySource & { readonly userId: string | undefined })[];
}

interface FoundToPin {
  readonly lookup: PinLookup;
  readonly entry?: SharedEntry;
}

export class InMemorySharedContextStore extends SharedContextStore implements Erasable {
  readonly #slots = new Map<string, Slot>();
  readonly #configs = new Map<string, SharedContextConfig>();
  #sequence = 0;

  /** What happens is told of in the log. */
  constructor(
    private readonly clock: Clock,
    private readonly log = new InMemoryContextEventLog(),
  ) {
    super();
  }

  override async put(
    caller: Caller,
    entry: EntryDraft,
    condition: PutCondition,
    maxEntries: number,
  ): Promise<StoredPut> {
    await Promise.resolve();
    if (entry.userId !== undefined) requireUser(caller, entry.userId);
    const now = entry.createdAt;
    const address = addressOfEntry(caller.tenantId, entry.context, entry.key);
    const slot = this.#slots.get(address);
    const current = slot && isAlive(slot, now) ? slot : undefined;
    if (current && !maySee(caller, current.userId)) throw anotherUsersEntry();
    requireCondition(condition, current?.version);
    const requests = entry.derivedFrom ?? [];
    const known = requests.map(({ key }) => this.#knownSource(caller, entry.context, key, now));
    const derivedFrom = pinSources(caller, requests, known);
    if (slot && !current) this.#expire(slot, now);
    const version = (slot?.version ?? 0) + 1;
    const stored: SharedEntry = { ...structuredClone(entry), derivedFrom, version };
    this.#slots.set(address, {
      tenantId: caller.tenantId,
      context: entry.context,
      key: entry.key,
      userId: entry.userId,
      version: stored.version,
      sequence: ++this.#sequence,
      expiresAt: entry.expiresAt,
      goneAt: null,
      entry: stored,
      sources: derivedFrom.map((source, index) => ({ ...source, userId: known[index]?.userId })),
    });
    this.log.append(caller.tenantId, entry.context, [changeOf('entry.put', stored, now)]);
    const beyond = this.#alive(caller, entry.context, now).slice(Math.max(1, maxEntries)).reverse();
    for (const old of beyond) this.#drop(old, 'entry.evicted', now);
    return { entry: stored, created: current === undefined, evicted: beyond.map((old) => old.key) };
  }

  override async find(caller: Caller, context: string, key: string, now: Date): Promise<EntryLookup> {
    await Promise.resolve();
    const slot = this.#slots.get(addressOfEntry(caller.tenantId, context, key));
    if (!slot || slot.goneAt !== null || !maySee(caller, slot.userId)) return { status: 'unknown' };
    if (slot.entry && isAlive(slot, now)) return { status: 'found', entry: seenBy(caller, slot, slot.entry) };
    return { status: 'expired', expiredAt: slot.expiresAt };
  }

  /** What a handoff finds under a key, without waiting. */
  findToPin(caller: Caller, context: string, key: string, now: Date): FoundToPin {
    const slot = this.#slots.get(addressOfEntry(caller.tenantId, context, key));
    if (!slot || slot.goneAt !== null) return { lookup: { status: 'unknown' } };
    const isSeen = maySee(caller, slot.userId);
    if (slot.entry && isAlive(slot, now)) {
      if (!isSeen) return { lookup: { status: 'forbidden' } };
      return { lookup: { status: 'found', entry: pinnedOf(slot.entry) }, entry: slot.entry };
    }
    return { lookup: isSeen ? { status: 'expired', expiredAt: slot.expiresAt } : { status: 'unknown' } };
  }

  override async list(
    caller: Caller,
    context: string,
    page: EntryPageRequest,
    now: Date,
  ): Promise<EntryPage> {
    await Promise.resolve();
    const before = page.cursor === undefined ? Infinity : decodePosition(['entries', context], page.cursor);
    const rest = this.#alive(caller, context, now).filter((slot) => slot.sequence < before);
    const shown = rest.slice(0, page.limit);
    const last = shown.at(-1);
    return {
      data: shown.flatMap((slot) => (slot.entry ? [summaryOf(seenBy(caller, slot, slot.entry))] : [])),
      nextCursor:
        last && rest.length > shown.length ? encodeCursor(['entries', context], [last.sequence]) : null,
    };
  }

  override async remove(
    caller: Caller,
    context: string,
    key: string,
    expectedVersion?: number,
  ): Promise<boolean> {
    await Promise.resolve();
    const now = this.clock.now();
    const slot = this.#slots.get(addressOfEntry(caller.tenantId, context, key));
    const current = slot && isAlive(slot, now) && maySee(caller, slot.userId) ? slot : undefined;
    if (expectedVersion !== undefined) {
      requireCondition({ kind: 'version', version: expectedVersion }, current?.version);
    }
    if (!current) return false;
    this.#drop(current, 'entry.deleted', now);
    return true;
  }

  override async clear(caller: Caller, context: string): Promise<number> {
    await Promise.resolve();
    const now = this.clock.now();
    const alive = this.#alive(caller, context, now);
    for (const slot of alive.reverse()) this.#drop(slot, 'entry.deleted', now);
    return alive.length;
  }

  override async totals(caller: Caller, context: string, now: Date): Promise<SharedContextTotals> {
    await Promise.resolve();
    const entries = this.#alive(caller, context, now).flatMap(({ entry }) => (entry ? [entry] : []));
    return {
      entries: entries.length,
      totalOriginalTokens: entries.reduce((sum, entry) => sum + entry.originalTokens, 0),
      totalCompressedTokens: entries.reduce((sum, entry) => sum + entry.compressedTokens, 0),
    };
  }

  override async config(caller: Caller, context: string): Promise<SharedContextConfig | null> {
    await Promise.resolve();
    return this.#configs.get(JSON.stringify([caller.tenantId, context])) ?? null;
  }

  override async saveConfig(caller: Caller, context: string, config: SharedContextConfig): Promise<void> {
    await Promise.resolve();
    this.#configs.set(JSON.stringify([caller.tenantId, context]), config);
  }

  override async expire(caller: Caller, context: string, now: Date): Promise<number> {
    await Promise.resolve();
    const here = [...this.#slots.values()].filter(
      (slot) => slot.tenantId === caller.tenantId && slot.context === context,
    );
    return this.#expireAll(here, now);
  }

  override async sweep(now: Date): Promise<number> {
    await Promise.resolve();
    const dropped = this.#expireAll([...this.#slots.values()], now);
    for (const [address, slot] of this.#slots) {
      const gone = slot.goneAt ?? slot.expiresAt;
      if (now.getTime() - gone.getTime() > ENTRY_TRACE_SECONDS * 1000) this.#slots.delete(address);
    }
    return dropped;
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    let sharedContextEntries = 0;
    for (const [address, slot] of this.#slots) {
      if (slot.tenantId !== tenantId) continue;
      const sources = slot.sources.filter((source) => source.userId !== userId);
      this.#slots.set(address, { ...slot, sources });
      if (slot.userId !== userId) continue;
      this.#slots.delete(address);
      if (slot.entry) sharedContextEntries++;
    }
    return { sharedContextEntries };
  }

  /** Newest first. */
  #alive(caller: Caller, context: string, now: Date): Slot[] {
    return [...this.#slots.values()]
      .filter(
        (slot) =>
          slot.tenantId === caller.tenantId &&
          slot.context === context &&
          isAlive(slot, now) &&
          maySee(caller, slot.userId),
      )
      .sort((a, b) => b.sequence - a.sequence);
  }

  #knownSource(caller: Caller, context: string, key: string, now: Date): KnownSource | undefined {
    const slot = this.#slots.get(addressOfEntry(caller.tenantId, context, key));
    return slot && { version: slot.version, userId: slot.userId, isAlive: isAlive(slot, now) };
  }

  #drop(slot: Slot, type: ContextEventType, at: Date): void {
    this.#empty({ ...slot, goneAt: at }, type, at);
  }

  #expireAll(slots: readonly Slot[], now: Date): number {
    const due = slots.filter((slot) => slot.entry && slot.expiresAt <= now);
    due.sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime() || a.sequence - b.sequence);
    for (const slot of due) this.#expire(slot, now);
    return due.length;
  }

  #expire(slot: Slot, now: Date): void {
    this.#empty(slot, 'entry.expired', now);
  }

  /** Leaves the trace and tells of it. */
  #empty(slot: Slot, type: ContextEventType, at: Date): void {
    if (!slot.entry) return;
    this.#slots.set(addressOfEntry(slot.tenantId, slot.context, slot.key), { ...slot, entry: null });
    this.log.append(slot.tenantId, slot.context, [changeOf(type, slot.entry, at)]);
  }
}

function changeOf(type: ContextEventType, entry: SharedEntry, at: Date): ContextChange {
  const { key, version, agent, userId } = entry;
  return { type, key, version, agent, userId, at };
}

function isAlive(slot: Slot, now: Date): boolean {
  return slot.entry !== null && slot.expiresAt > now;
}

function seenBy(caller: Caller, slot: Slot, entry: SharedEntry): SharedEntry {
  const sources = slot.sources.filter(({ userId }) => maySee(caller, userId));
  return { ...structuredClone(entry), derivedFrom: sources.map(({ key, version }) => ({ key, version })) };
}

function addressOfEntry(tenantId: string, context: string, key: string): string {
  return JSON.stringify([tenantId, context, key]);
}

function summaryOf({
  original: _original,
  compressed: _compressed,
  ...summary
}: SharedEntry): SharedEntrySummary {
  return structuredClone(summary);
}
