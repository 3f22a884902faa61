import { markerHashes, type Original } from '#libs/ccr';
import { IDEMPOTENCY_TTL_SECONDS, type Caller, type ErasureReceipt } from '#libs/kernel';
import {
  type AcceptedHandoff,
  changeOf,
  type Handoff,
  HANDOFF_TRACE_SECONDS,
  type HandoffDraft,
  type HandoffFilter,
  type HandoffPage,
  type HandoffPageRequest,
  HandoffStore,
  maySeeHandoff,
  ownersOf,
  pinEntries,
  type RepeatedDraft,
  requireHandoff,
  requirePending,
  type SharedContent,
  type SharedEntry,
  statusOf,
} from '#libs/shared-context';
import { decodeTimeAndId, encodeCursor } from '../database/cursor.js';
import type { Erasable } from './erasable.js';
import { InMemoryContextEventLog } from './in-memory-context-event-log.js';
import type { InMemoryOriginalStore } from './in-memory-original-store.js';
import type { InMemorySharedContextStore } from './in-memory-shared-context-store.js';

interface Kept {
  readonly tenantId: string;
  readonly handoff: Handoff;
  /** null once its time is over. */
  readonly contents: readonly SharedContent[] | null;
  readonly createdUnder?: string | undefined;
  readonly acceptedUnder?: string | undefined;
}

export class InMemoryHandoffStore extends HandoffStore implements Erasable {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly contexts: InMemorySharedContextStore,
    private readonly originals: InMemoryOriginalStore,
    private readonly log = new InMemoryContextEventLog(),
  ) {
    super();
  }

  override async create(caller: Caller, draft: HandoffDraft): Promise<Handoff> {
    await Promise.resolve();
    const { tenantId } = caller;
    const createdUnder = keyOf(caller, draft.idempotencyKey);
    const first = this.#firstUnder(caller, draft);
    if (first !== undefined) return first;
    const found = draft.keys.map((key) =>
      this.contexts.findToPin(caller, draft.context, key, draft.createdAt),
    );
    const handoff = pinEntries(
      draft,
      found.map(({ lookup }) => lookup),
    );
    const entries = found.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
    for (const entry of entries) {
      this.originals.pinWhole(tenantId, originalOf(entry), draft.expiresAt);
      this.originals.pin(tenantId, entry.userId, markerHashes(entry.compressed), draft.expiresAt);
    }
    const contents = handoff.entries.map(({ key, contentKind: kind }) => ({
      kind,
      text: entries.find((entry) => entry.key === key)?.compressed ?? '',
    }));
    this.#kept.set(addressOf(tenantId, draft.context, draft.id), {
      tenantId,
      handoff,
      contents,
      createdUnder,
    });
    this.log.append(tenantId, draft.context, [changeOf(handoff, 'handoff.created', draft.createdAt)]);
    return structuredClone(handoff);
  }

  override async accept(
    caller: Caller,
    context: string,
    id: string,
    now: Date,
    idempotencyKey?: string,
  ): Promise<AcceptedHandoff> {
    await Promise.resolve();
    const address = addressOf(caller.tenantId, context, id);
    const kept = this.#kept.get(address);
    const acceptedUnder = keyOf(caller, idempotencyKey);
    const contents = kept?.contents ?? [];
    const isAlive = kept !== undefined && kept.handoff.expiresAt > now;
    if (isAlive && acceptedUnder !== undefined && kept.acceptedUnder === acceptedUnder) {
      return structuredClone({ handoff: requireHandoff(caller, kept.handoff), contents });
    }
    const handoff = { ...requirePending(caller, kept?.handoff, now), acceptedAt: now };
    this.#kept.set(address, { ...kept, tenantId: caller.tenantId, handoff, contents, acceptedUnder });
    for (const { userId, hash } of [...handoff.entries, ...handoff.leftOut]) {
      this.originals.renew(caller.tenantId, userId, [hash]);
    }
    handoff.entries.forEach(({ userId }, index) => {
      this.originals.renew(caller.tenantId, userId, markerHashes(contents[index]?.text ?? ''));
    });
    this.log.append(caller.tenantId, context, [changeOf(handoff, 'handoff.accepted', now)]);
    return structuredClone({ handoff, contents });
  }

  override async find(caller: Caller, context: string, id: string): Promise<Handoff> {
    await Promise.resolve();
    const kept = this.#kept.get(addressOf(caller.tenantId, context, id));
    return structuredClone(requireHandoff(caller, kept?.handoff));
  }

  override async list(
    caller: Caller,
    context: string,
    { to, status }: HandoffFilter,
    page: HandoffPageRequest,
    now: Date,
  ): Promise<HandoffPage> {
    await Promise.resolve();
    const identity = ['handoffs', context, to, status];
    const before = page.cursor === undefined ? undefined : decodeTimeAndId(identity, page.cursor);
    const rest = [...this.#kept.values()]
      .filter(
        ({ tenantId, handoff }) =>
          tenantId === caller.tenantId &&
          handoff.context === context &&
          (to === undefined || handoff.to === to) &&
          (status === undefined || statusOf(handoff, now) === status) &&
          maySeeHandoff(caller, handoff) &&
          (before === undefined || compare(placeOf(handoff), before) < 0),
      )
      .map(({ handoff }) => handoff)
      .sort((a, b) => compare(placeOf(b), placeOf(a)));
    const data = rest.slice(0, page.limit);
    const last = data.at(-1);
    const hasMore = last !== undefined && rest.length > data.length;
    return {
      data: structuredClone(data),
      nextCursor: hasMore ? encodeCursor(identity, placeOf(last)) : null,
    };
  }

  override async sweep(now: Date): Promise<number> {
    await Promise.resolve();
    let expired = 0;
    for (const [address, { handoff, contents, ...kept }] of this.#kept) {
      const isOver = handoff.expiresAt <= now && contents !== null;
      if (isOver) expired++;
      const oldest = now.getTime() - HANDOFF_TRACE_SECONDS * 1000;
      if (handoff.expiresAt.getTime() < oldest) this.#kept.delete(address);
      else if (isOver) this.#kept.set(address, { ...kept, handoff, contents: null });
    }
    return expired;
  }

  override async createdBefore(caller: Caller, draft: RepeatedDraft): Promise<Handoff | undefined> {
    await Promise.resolve();
    return this.#firstUnder(caller, draft);
  }

  #firstUnder(caller: Caller, { context, createdAt, idempotencyKey }: RepeatedDraft): Handoff | undefined {
    const { tenantId } = caller;
    const key = keyOf(caller, idempotencyKey);
    if (key === undefined) return undefined;
    const since = createdAt.getTime() - IDEMPOTENCY_TTL_SECONDS * 1000;
    const first = [...this.#kept.values()].find(
      (kept) =>
        kept.tenantId === tenantId &&
        kept.createdUnder === key &&
        kept.handoff.context === context &&
        kept.handoff.createdAt.getTime() > since,
    );
    return first && structuredClone(requireHandoff(caller, first.handoff));
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    let handoffs = 0;
    for (const [address, kept] of this.#kept) {
      if (kept.tenantId !== tenantId || !ownersOf(kept.handoff).includes(userId)) continue;
      this.#kept.delete(address);
      handoffs++;
    }
    return { handoffs };
  }
}

function originalOf({
  hash,
  original: content,
  userId,
  originalTokens,
  compressedTokens,
}: SharedEntry): Original {
  const counts = { originalTokens, compressedTokens, originalItemCount: 1, compressedItemCount: 1 };
  return { hash, content, userId, ...counts };
}

/** Keys of different API keys never meet. */
function keyOf(caller: Caller, idempotencyKey: string | undefined): string | undefined {
  return idempotencyKey === undefined ? undefined : JSON.stringify([caller.keyId ?? null, idempotencyKey]);
}

type Place = readonly [time: number, id: string];

function placeOf({ createdAt, id }: Handoff): Place {
  return [createdAt.getTime(), id];
}

function compare([time, id]: Place, [otherTime, otherId]: Place): number {
  return time - otherTime || (id < otherId ? -1 : id > otherId ? 1 : 0);
}

function addressOf(...names: readonly string[]): string {
  return JSON.stringify(names);
}
