import { markerHashes, type OriginalRetention } from '#libs/ccr';
import {
  HeadroomError,
  notFound,
  requireUser,
  wholeTenant,
  type Caller,
  type Clock,
  type JsonObject,
} from '#libs/kernel';
import type { ContentCompression } from './content-compression.js';
import {
  DEFAULT_SHARED_CONTEXT_CONFIG,
  type EntryLookup,
  type EntryPage,
  type EntryPageRequest,
  type PutCondition,
  type SharedContent,
  type SharedContextConfig,
  type SharedContextTotals,
  type SharedEntry,
  type SharedEntrySummary,
  type SourceRequest,
  type StoredPut,
} from './entry.js';
import type { ContextWakeups } from './events/context-wakeups.js';
import { matchingParts } from './matching-parts.js';
import { anotherUsersEntry } from './put-condition.js';
import type { SharedContextStore } from './shared-context-store.js';

/** What to put under a key. */
export interface PutRequest {
  readonly context: string;
  readonly key: string;
  readonly content: SharedContent;
  readonly agent?: string | undefined;
  readonly userId?: string | undefined;
  /** Default: the context's configuration. */
  readonly ttlSeconds?: number | undefined;
  readonly metadata?: JsonObject | undefined;
  /** Entries of the same context that it was made from. */
  readonly derivedFrom?: readonly SourceRequest[] | undefined;
  /** `present` (`If-Match: *`) demands that there is an entry, whatever its version. */
  readonly condition?: PutCondition | { readonly kind: 'present' } | undefined;
}

export interface PutOutcome extends Omit<StoredPut, 'entry'> {
  readonly entry: SharedEntrySummary;
}

/** The compressed view, the original, or only the parts of the original that match a query. */
export interface EntryView {
  readonly entry: SharedEntrySummary;
  readonly content: SharedContent;
}

export interface GetOptions {
  readonly full?: boolean | undefined;
  readonly query?: string | undefined;
}

/** Of the time that originals live: in the first part of it a read need not renew them. */
const SHARE_OF_TTL = 0.5;

/** What agents hand to each other: compressed when it is put, whole on demand, gone when it expires. */
export class SharedContextService {
  constructor(
    private readonly store: SharedContextStore,
    private readonly compression: ContentCompression,
    private readonly clock: Clock,
    private readonly wakeups: ContextWakeups,
    private readonly originals: Pick<OriginalRetention, 'ttlSeconds'>,
  ) {}

  /**
   * Compresses the content and writes it under the key's next version; its original is retrievable by `entry.hash`.
   * @throws HeadroomError `precondition_failed`, `forbidden`; `validation_error` for a source that never was.
   */
  async put(caller: Caller, request: PutRequest): Promise<PutOutcome> {
    const { context, key, agent, userId, metadata = {}, condition = { kind: 'any' } } = request;
    if (userId !== undefined) requireUser(caller, userId);
    const storeCondition =
      condition.kind === 'present' ? await this.requirePresent(caller, context, key) : condition;
    const config = await this.configOf(caller, context);
    // Nobody is told of the view before the entry is on disk, and its originals with it.
    const durability = 'with-next-write';
    const view = await this.compression.compress(caller, request.content, {
      model: config.model,
      userId,
      durability,
    });
    const createdAt = this.clock.now();
    const ttlSeconds = request.ttlSeconds ?? config.ttlSeconds;
    const { entry, created, evicted } = await this.store.put(
      caller,
      {
        context,
        key,
        agent,
        userId,
        ...view,
        derivedFrom: request.derivedFrom,
        metadata,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + ttlSeconds * 1000),
      },
      storeCondition,
      config.maxEntries,
    );
    this.wakeups.announce(caller.tenantId, context);
    return { entry: summaryOf(entry), created, evicted };
  }

  /** @throws HeadroomError `not_found`, whose message says `expired` when the entry was there once; `forbidden`. */
  async get(caller: Caller, context: string, key: string, options: GetOptions = {}): Promise<EntryView> {
    const found = await this.find(caller, context, key);
    if (found.status === 'unknown') throw notFound('entry', 'No such entry in this shared context.');
    if (found.status === 'expired') {
      throw new HeadroomError('not_found', `This entry expired at ${found.expiredAt.toISOString()}.`, {
        expired_at: found.expiredAt.toISOString(),
      });
    }
    const content = contentOf(found.entry, options);
    // Only the view has markers to follow.
    if (content.text === found.entry.compressed) await this.keepWithinReach(caller, found.entry);
    return { entry: summaryOf(found.entry), content };
  }

  /** Entries without their contents, newest first. */
  list(caller: Caller, context: string, page: EntryPageRequest): Promise<EntryPage> {
    return this.store.list(caller, context, page, this.clock.now());
  }

  /** @throws HeadroomError `not_found`, `forbidden`, `precondition_failed`. */
  async remove(caller: Caller, context: string, key: string, expectedVersion?: number): Promise<void> {
    if (caller.users !== null) await this.find(caller, context, key);
    const removed = await this.store.remove(caller, context, key, expectedVersion);
    if (!removed) throw notFound('entry', 'No such entry in this shared context.');
    this.wakeups.announce(caller.tenantId, context);
  }

  /** Empties a context; its configuration stays. @returns how many entries there were. */
  async clear(caller: Caller, context: string): Promise<number> {
    const cleared = await this.store.clear(caller, context);
    this.wakeups.announce(caller.tenantId, context);
    return cleared;
  }

  totals(caller: Caller, context: string): Promise<SharedContextTotals> {
    return this.store.totals(caller, context, this.clock.now());
  }

  /** Sets a context's whole configuration; what is left out goes back to its default. */
  async configure(
    caller: Caller,
    context: string,
    settings: Partial<SharedContextConfig>,
  ): Promise<SharedContextConfig> {
    const config: SharedContextConfig = {
      model: settings.model,
      ttlSeconds: settings.ttlSeconds ?? DEFAULT_SHARED_CONTEXT_CONFIG.ttlSeconds,
      maxEntries: settings.maxEntries ?? DEFAULT_SHARED_CONTEXT_CONFIG.maxEntries,
    };
    await this.store.saveConfig(caller, context, config);
    return config;
  }

  /** @throws HeadroomError `forbidden` when the entry is there but belongs to a user whom the caller's key excludes. */
  private async find(caller: Caller, context: string, key: string): Promise<EntryLookup> {
    const now = this.clock.now();
    const found = await this.store.find(caller, context, key, now);
    if (found.status !== 'unknown' || caller.users === null) return found;
    const anybodys = await this.store.find(wholeTenant(caller), context, key, now);
    if (anybodys.status === 'found') throw anotherUsersEntry();
    return found;
  }

  /** An entry may outlive its originals: whoever reads its view long after the put can still follow the markers. */
  private async keepWithinReach(caller: Caller, entry: SharedEntry): Promise<void> {
    const ageMs = this.clock.now().getTime() - entry.createdAt.getTime();
    const isYoung = ageMs < this.originals.ttlSeconds * 1000 * SHARE_OF_TTL;
    if (isYoung || markerHashes(entry.compressed).length === 0) return;
    const { model } = await this.configOf(caller, entry.context);
    await this.compression.renew(caller, entry, { model });
  }

  private async requirePresent(caller: Caller, context: string, key: string): Promise<PutCondition> {
    const found = await this.find(caller, context, key);
    if (found.status === 'found') return { kind: 'version', version: found.entry.version };
    throw new HeadroomError('precondition_failed', 'There is no entry under this key.', {
      current_version: null,
    });
  }

  private async configOf(caller: Caller, context: string): Promise<SharedContextConfig> {
    return (await this.store.config(caller, context)) ?? DEFAULT_SHARED_CONTEXT_CONFIG;
  }
}

function contentOf(entry: SharedEntry, { full = false, query }: GetOptions): SharedContent {
  if (query !== undefined && query.trim() !== '')
    return matchingParts(entry.original, entry.contentKind, query);
  return { kind: entry.contentKind, text: full ? entry.original : entry.compressed };
}

function summaryOf(entry: SharedEntry): SharedEntrySummary {
  const { original: _original, compressed: _compressed, ...summary } = entry;
  return summary;
}
