import {
  type Durability,
  ORIGINAL_TRACE_SECONDS,
  type Original,
  type OriginalLookup,
  type OriginalRetention,
  OriginalStore,
  type OriginalStoreStats,
  type RetrievalEvent,
} from '#libs/ccr';
import { type Caller, type Clock, requireUser } from '#libs/kernel';
import type { Database } from '../database.js';
import { instant, isNull, numeric, type Row, text } from '../row.js';
import { joinSql, listOf, type Sql, sql, trusted } from '../sql.js';
import type { Unit, UnitOptions } from '../unit-of-work.js';
import { NOBODY, visibleOwners } from '../visibility.js';
import {
  EVENT_COLUMNS,
  eventValues,
  ORIGINAL_COLUMNS,
  originalValues,
  toEvent,
  toOriginal,
} from './original.mapper.js';

/** Twelve values a row: well below the number of parameters that a statement may bind. */
const ROWS_PER_STATEMENT = 200;
/** Sweeping goes in short transactions, so that requests get their turn in between. */
const SWEPT_PER_UNIT = 500;
const RECENT_RETRIEVALS = 20;

/** Originals on SQLite and PostgreSQL. */
export class SqlOriginalStore extends OriginalStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly retention: OriginalRetention,
  ) {
    super();
  }

  override async put(
    caller: Caller,
    originals: readonly Original[],
    durability: Durability = 'now',
  ): Promise<void> {
    for (const { userId } of originals) if (userId !== undefined) requireUser(caller, userId);
    if (originals.length === 0) return;
    const now = this.clock.now().getTime();
    const distinct = new Map(originals.map((original) => [addressOf(caller, original), original]));
    const due = [...distinct].filter(([address]) => !this.#isRenewed(address, now));
    if (due.length === 0) return;
    const rows = due.map(([, original]) => original);
    // Others may rely on what is remembered as stored, and what is not on disk yet may still be undone.
    if (durability === 'with-next-write') return this.#write(caller, rows, { isPiece: true });
    const addresses = due.map(([address]) => address);
    await this.database.renewals.renew(addresses, now, () => this.#write(caller, rows));
  }

  override find(caller: Caller, hash: string, userId?: string): Promise<OriginalLookup> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const row = await unit.first(this.#best(caller, trusted('*'), hash, userId));
      if (!row) return { status: 'unknown' };
      if (this.#isAlive(row)) return { status: 'found', original: toOriginal(row) };
      const ageMs = this.clock.now().getTime() - instant(row, 'last_accessed_at').getTime();
      return { status: 'expired', ageSeconds: Math.floor(ageMs / 1000) };
    });
  }

  override async recordRetrieval(caller: Caller, event: RetrievalEvent): Promise<void> {
    await this.database.unitOfWork.run(caller, async (unit) => {
      const row = await unit.first(this.#best(caller, trusted('user_id'), event.hash, event.userId));
      const owner = row ? text(row, 'user_id') : undefined;
      if (owner !== undefined) {
        await unit.send(sql`UPDATE originals
          SET retrieval_count = retrieval_count + 1, last_accessed_at = ${this.clock.now().getTime()}
          WHERE tenant_id = ${caller.tenantId} AND hash = ${event.hash} AND user_id = ${owner} AND ${this.#alive()}`);
      }
      const values = eventValues(caller.tenantId, event.userId ?? owner ?? NOBODY, event);
      await unit.send(sql`INSERT INTO retrieval_events (${trusted(EVENT_COLUMNS)}) VALUES ${values}`);
    });
  }

  override stats(caller: Caller): Promise<OriginalStoreStats> {
    const visible = sql`tenant_id = ${caller.tenantId} AND ${visibleOwners(caller)}`;
    return this.database.unitOfWork.read(caller, async (unit) => {
      const sums = await only(
        unit,
        sql`SELECT count(*) AS entries, coalesce(sum(original_tokens), 0) AS original,
          coalesce(sum(compressed_tokens), 0) AS compressed, coalesce(sum(retrieval_count), 0) AS retrievals
        FROM originals WHERE ${visible} AND ${this.#alive()}`,
      );
      const events = await only(unit, sql`SELECT count(*) AS events FROM retrieval_events WHERE ${visible}`);
      const recent = await unit.all(sql`SELECT * FROM retrieval_events WHERE ${visible}
        ORDER BY at DESC, id DESC LIMIT ${RECENT_RETRIEVALS}`);
      return {
        entryCount: numeric(sums, 'entries'),
        totalOriginalTokens: numeric(sums, 'original'),
        totalCompressedTokens: numeric(sums, 'compressed'),
        totalRetrievals: numeric(sums, 'retrievals'),
        eventCount: numeric(events, 'events'),
        recentRetrievals: recent.map(toEvent),
      };
    });
  }

  override sweep(): Promise<number> {
    return this.database.renewals.whileRemoving(() => this.#sweepAll());
  }

  async #sweepAll(): Promise<number> {
    let dropped = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      dropped += await this.#dropContents(tenantId, sql`last_accessed_at <= ${this.#cutoff()}`);
      dropped += await this.#dropContents(tenantId, await this.#beyondLimit(tenantId));
      await this.#forgetTraces(tenantId);
    }
    return dropped;
  }

  #write(caller: Caller, originals: readonly Original[], options?: UnitOptions): Promise<void> {
    return this.database.unitOfWork.run(
      caller,
      async (unit) => {
        for (let start = 0; start < originals.length; start += ROWS_PER_STATEMENT) {
          await unit.send(this.#upsert(caller, originals.slice(start, start + ROWS_PER_STATEMENT)));
        }
      },
      options,
    );
  }

  #isRenewed(address: string, now: number): boolean {
    const { dialect, renewals } = this.database;
    return dialect === 'sqlite' && renewals.isRecent(address, now, this.retention.ttlSeconds);
  }

  /** The same hash is the same content, so that renewing never has to write it again. */
  #upsert(caller: Caller, originals: readonly Original[]): Sql {
    const now = this.clock.now().getTime();
    const rows = originals.map((original) => originalValues(caller.tenantId, original, now));
    const isGone = sql`NOT ${this.#alive()}`;
    return sql`INSERT INTO originals (${trusted(ORIGINAL_COLUMNS)}) VALUES ${joinSql(rows, ', ')}
      ON CONFLICT (tenant_id, hash, user_id) DO UPDATE SET
        content = coalesce(originals.content, excluded.content),
        tool_name = coalesce(originals.tool_name, excluded.tool_name),
        signature = coalesce(originals.signature, excluded.signature),
        retrieval_count = CASE WHEN ${isGone} THEN 0 ELSE originals.retrieval_count END,
        created_at = CASE WHEN ${isGone} THEN excluded.created_at ELSE originals.created_at END,
        last_accessed_at = excluded.last_accessed_at`;
  }

  /** Living before expired, the user's own before nobody's, then the last used. */
  #best(caller: Caller, columns: Sql, hash: string, userId: string | undefined): Sql {
    const owners = userId === undefined ? trusted('1 = 1') : sql`user_id IN ${listOf([NOBODY, userId])}`;
    return sql`SELECT ${columns} FROM originals
      WHERE tenant_id = ${caller.tenantId} AND hash = ${hash} AND ${visibleOwners(caller)} AND ${owners}
      ORDER BY CASE WHEN ${this.#alive()} THEN 0 ELSE 1 END, CASE WHEN user_id = ${userId ?? NOBODY} THEN 0 ELSE 1 END,
        last_accessed_at DESC LIMIT 1`;
  }

  #cutoff(): number {
    return this.clock.now().getTime() - this.retention.ttlSeconds * 1000;
  }

  #alive(): Sql {
    return sql`(originals.content IS NOT NULL
      AND (originals.last_accessed_at > ${this.#cutoff()} OR ${this.#pinned()}))`;
  }

  #isAlive(row: Row): boolean {
    if (isNull(row, 'content')) return false;
    const isPinned = !isNull(row, 'pinned_until') && instant(row, 'pinned_until') > this.clock.now();
    return isPinned || instant(row, 'last_accessed_at').getTime() > this.#cutoff();
  }

  /** By something that names it: then neither its age nor the number of others ends it. */
  #pinned(): Sql {
    return sql`coalesce(originals.pinned_until, 0) > ${this.clock.now().getTime()}`;
  }

  /** What is older than the newest `maxEntries`. */
  async #beyondLimit(tenantId: string): Promise<Sql> {
    const { maxEntries } = this.retention;
    const row = await this.database.unitOfWork.read({ tenantId }, (unit) =>
      unit.first(sql`SELECT last_accessed_at, hash, user_id FROM originals
        WHERE tenant_id = ${tenantId} AND content IS NOT NULL
        ORDER BY last_accessed_at DESC, hash DESC, user_id DESC LIMIT 1 OFFSET ${maxEntries}`),
    );
    if (!row) return trusted('1 = 0');
    const at = numeric(row, 'last_accessed_at');
    return sql`(last_accessed_at, hash, user_id) <= (${at}, ${text(row, 'hash')}, ${text(row, 'user_id')})`;
  }

  async #dropContents(tenantId: string, condition: Sql): Promise<number> {
    let dropped = 0;
    for (;;) {
      const some = await this.database.unitOfWork.run({ tenantId }, (unit) =>
        unit.run(sql`UPDATE originals SET content = NULL, tool_name = NULL, signature = NULL
          WHERE tenant_id = ${tenantId} AND (hash, user_id) IN (
            SELECT hash, user_id FROM originals
            WHERE tenant_id = ${tenantId} AND content IS NOT NULL AND ${condition} AND NOT ${this.#pinned()}
            ORDER BY last_accessed_at LIMIT ${SWEPT_PER_UNIT})`),
      );
      dropped += some;
      if (some < SWEPT_PER_UNIT) return dropped;
    }
  }

  async #forgetTraces(tenantId: string): Promise<void> {
    const oldest = this.clock.now().getTime() - ORIGINAL_TRACE_SECONDS * 1000;
    await this.database.unitOfWork.run({ tenantId }, async (unit) => {
      await unit.send(sql`DELETE FROM originals
        WHERE tenant_id = ${tenantId} AND content IS NULL AND last_accessed_at < ${oldest}`);
      await unit.send(sql`DELETE FROM retrieval_events WHERE tenant_id = ${tenantId} AND at < ${oldest}`);
    });
  }
}

function addressOf({ tenantId }: Caller, { hash, userId = NOBODY }: Original): string {
  return `${hash} ${tenantId} ${userId}`;
}

async function only(unit: Unit, statement: Sql): Promise<Row> {
  return (await unit.first(statement)) ?? {};
}
