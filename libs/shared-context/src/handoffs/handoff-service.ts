import { markerHashes } from '#libs/ccr';
import { invalid, type Caller, type Clock, type Ids, type Pause } from '#libs/kernel';
import type { ContentCompression } from '../content-compression.js';
import { DEFAULT_SHARED_CONTEXT_CONFIG } from '../entry.js';
import type { ContextWakeups } from '../events/context-wakeups.js';
import type { SharedContextStore } from '../shared-context-store.js';
import {
  HANDOFF_TTL_SECONDS,
  type AcceptedHandoff,
  type Handoff,
  type HandoffFilter,
  type HandoffPage,
  type HandoffPageRequest,
} from './handoff.js';
import type { HandoffStore } from './handoff-store.js';
import { LongPoll, type Wait } from './long-poll.js';

/** What to hand over, to whom. */
export interface HandoffRequest {
  readonly context: string;
  readonly from: string;
  readonly to: string;
  readonly keys: readonly string[];
  readonly note?: string | undefined;
  readonly tokenBudget?: number | undefined;
  /** Default: a day. */
  readonly ttlSeconds?: number | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** What handing over needs. */
export interface HandoffParts {
  readonly store: HandoffStore;
  readonly contexts: SharedContextStore;
  readonly compression: ContentCompression;
  readonly wakeups: ContextWakeups;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly pause: Pause;
}

/** What agents give to one another: pinned when it is given, accepted once. */
export class HandoffService {
  private readonly longPoll: LongPoll;

  constructor(private readonly parts: HandoffParts) {
    this.longPoll = new LongPoll(parts.wakeups, parts.pause);
  }

  /**
   * Pins the current versions of the entries. With a budget those whose compressed contents fit are handed over, in the
   * order given, and the others are named.
   * @throws HeadroomError `not_found`, `forbidden`, `context_over_budget`, `validation_error`.
   */
  async create(caller: Caller, request: HandoffRequest): Promise<Handoff> {
    requireDistinct(request.keys);
    const { store, clock, ids, wakeups } = this.parts;
    const { ttlSeconds = HANDOFF_TTL_SECONDS, ...asked } = request;
    const createdAt = clock.now();
    const first = await store.createdBefore(caller, { ...asked, createdAt });
    if (first !== undefined) return first;
    await this.renewParts(caller, request);
    const expiresAt = new Date(createdAt.getTime() + ttlSeconds * 1000);
    const handoff = await store.create(caller, { ...asked, id: ids.next('hand'), createdAt, expiresAt });
    wakeups.announce(caller.tenantId, request.context);
    return handoff;
  }

  /** @throws HeadroomError `not_found`, `forbidden`; `conflict` for all but the first, and after the expiry. */
  async accept(
    caller: Caller,
    context: string,
    id: string,
    idempotencyKey?: string,
  ): Promise<AcceptedHandoff> {
    const now = this.parts.clock.now();
    const accepted = await this.parts.store.accept(caller, context, id, now, idempotencyKey);
    this.parts.wakeups.announce(caller.tenantId, context);
    return accepted;
  }

  /** @throws HeadroomError `not_found`, `forbidden`. */
  get(caller: Caller, context: string, id: string): Promise<Handoff> {
    return this.parts.store.find(caller, context, id);
  }

  /** Newest first; with a wait, an empty page is read again whenever something may have come. */
  list(
    caller: Caller,
    context: string,
    filter: HandoffFilter,
    page: HandoffPageRequest,
    wait?: Wait,
  ): Promise<HandoffPage> {
    const { store, clock } = this.parts;
    const read = (): Promise<HandoffPage> => store.list(caller, context, filter, page, clock.now());
    if (wait === undefined) return read();
    return this.longPoll.until(caller, context, wait, read, ({ data }) => data.length > 0);
  }

  /** Answers everybody who waits. */
  close(): void {
    this.longPoll.close();
  }

  /**
   * Originals of the parts that a compressed view of messages names may be gone while the entry itself is there: made
   * again, they are there to be pinned. The whole original comes from the entry itself.
   */
  private async renewParts(caller: Caller, { context, keys }: HandoffRequest): Promise<void> {
    const { contexts, compression, clock } = this.parts;
    const { model } = (await contexts.config(caller, context)) ?? DEFAULT_SHARED_CONTEXT_CONFIG;
    for (const key of keys) {
      const found = await contexts.find(caller, context, key, clock.now());
      if (found.status !== 'found') continue;
      const { hash, compressed } = found.entry;
      if (markerHashes(compressed).every((named) => named === hash)) continue;
      await compression.renew(caller, found.entry, { model, durability: 'with-next-write' });
    }
  }
}

function requireDistinct(keys: readonly string[]): void {
  const faults = keys.flatMap((key, index) =>
    keys.indexOf(key) < index ? [{ path: `keys[${index}]`, message: 'is named before' }] : [],
  );
  if (faults.length > 0) throw invalid(faults);
}
