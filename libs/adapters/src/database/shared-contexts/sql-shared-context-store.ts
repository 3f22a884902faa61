import { type Caller, type Clock, maySee, requireUser } from '#libs/kernel';
import {
  anotherUsersEntry,
  type ContextChange,
  type EntryDraft,
  type EntryLookup,
  type EntryPage,
  type EntryPageRequest,
  type PutCondition,
  requireCondition,
  type SharedContextConfig,
  SharedContextStore,
  type SharedContextTotals,
  type SharedEntry,
  type StoredPut,
} from '#libs/shared-context';
import { addressOf } from '../address.js';
import { decodePosition, encodeCursor } from '../cursor.js';
import type { Database } from '../database.js';
import { instant, numeric, optionalText, type Row, text } from '../row.js';
import { type Sql, sql, trusted } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { visibleTo } from '../visibility.js';
import { takeLeave } from './departures.js';
import { aliveIn, atKey, beyond, contextLock } from './entry-conditions.js';
import { findSources, saveSources, sourcesOf } from './entry-sources.js';
import { appendEvents } from './events/append-events.js';
import { contextsDue, expireIn, forgetTracesOf, isDue } from './expiry.js';
import {
  configValues,
  ENTRY_COLUMNS,
  entryValues,
  SUMMARY_COLUMNS,
  toConfig,
  toEntry,
  toSummary,
} from './shared-entry.mapper.js';

const UPDATED = ENTRY_COLUMNS.split(',')
  .map((column) => column.trim())
  .filter((column) => !['tenant_id', 'address', 'context_address'].includes(column))
  .map((column) => `${column} = excluded.${column}`)
  .join(', ');

/** Shared contexts on SQLite and PostgreSQL. A row outlives its entry as a trace without any content. */
export class SqlSharedContextStore extends SharedContextStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override put(
    caller: Caller,
    entry: EntryDraft,
    condition: PutCondition,
    maxEntries: number,
  ): Promise<StoredPut> {
    const now = entry.createdAt;
    const address = addressOf(entry.context, entry.key);
    const lock = contextLock(entry.context);
    const write = async (unit: Unit) => {
      if (entry.userId !== undefined) requireUser(caller, entry.userId);
      const slot = await unit.first(
        sql`SELECT version, user_id, expires_at, gone_at, original IS NULL AS is_trace FROM shared_context_entries
          WHERE ${atKey(caller, entry.context, entry.key)}`,
      );
      const current = slot && isAlive(slot, now) ? slot : undefined;
      if (current && !maySee(caller, optionalText(current, 'user_id'))) throw anotherUsersEntry();
      requireCondition(condition, current && numeric(current, 'version'));
      const sources = await findSources(unit, caller, entry.context, entry.derivedFrom ?? [], now);
      const stored: SharedEntry = {
        ...entry,
        derivedFrom: sources.map(({ key, version }) => ({ key, version })),
        version: (slot ? numeric(slot, 'version') : 0) + 1,
      };
      const expired =
        slot && hasExpired(slot, now)
          ? await takeLeave(unit, 'entry.expired', atKey(caller, entry.context, entry.key), now)
          : [];
      await unit.send(upsertOf(caller, stored));
      await saveSources(unit, address, sources);
      const alive = aliveIn(caller, entry.context, now);
      const evicted = await takeLeave(unit, 'entry.evicted', beyond(Math.max(1, maxEntries), alive), now);
      await appendEvents(unit, entry.context, [...expired, putOf(stored), ...evicted]);
      return { entry: stored, created: current === undefined, evicted: evicted.map(({ key }) => key) };
    };
    return this.database.unitOfWork.run(caller, write, { lock });
  }

  override find(caller: Caller, context: string, key: string, now: Date): Promise<EntryLookup> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const row = await unit.first(sql`SELECT *, original IS NULL AS is_trace FROM shared_context_entries
        WHERE ${atKey(caller, context, key)} AND gone_at IS NULL AND ${visibleTo(caller)}`);
      if (!row) return { status: 'unknown' };
      if (isAlive(row, now)) {
        const sources = await sourcesOf(unit, caller, [text(row, 'address')]);
        return { status: 'found', entry: toEntry(row, sources) };
      }
      return { status: 'expired', expiredAt: instant(row, 'expires_at') };
    });
  }

  override async list(
    caller: Caller,
    context: string,
    page: EntryPageRequest,
    now: Date,
  ): Promise<EntryPage> {
    const before = page.cursor === undefined ? null : decodePosition(['entries', context], page.cursor);
    const rest = before === null ? trusted('1 = 1') : sql`sequence < ${before}`;
    return this.database.unitOfWork.read(caller, async (unit) => {
      const rows = await unit.all(sql`SELECT ${trusted(SUMMARY_COLUMNS)} FROM shared_context_entries
        WHERE ${aliveIn(caller, context, now)} AND ${rest} ORDER BY sequence DESC LIMIT ${page.limit + 1}`);
      const shown = rows.slice(0, page.limit);
      const last = shown.at(-1);
      const nextCursor =
        last && rows.length > shown.length
          ? encodeCursor(['entries', context], [numeric(last, 'sequence')])
          : null;
      const addresses = shown.map((row) => text(row, 'address'));
      const sources = await sourcesOf(unit, caller, addresses);
      return { data: shown.map((row) => toSummary(row, sources)), nextCursor };
    });
  }

  override remove(caller: Caller, context: string, key: string, expectedVersion?: number): Promise<boolean> {
    const now = this.clock.now();
    const where = sql`${atKey(caller, context, key)} AND ${aliveIn(caller, context, now)}`;
    const drop = async (unit: Unit) => {
      const dropped = await takeLeave(unit, 'entry.deleted', where, now);
      if (expectedVersion !== undefined) {
        requireCondition({ kind: 'version', version: expectedVersion }, dropped[0]?.version);
      }
      await appendEvents(unit, context, dropped);
      return dropped.length > 0;
    };
    return this.database.unitOfWork.run(caller, drop, { lock: contextLock(context) });
  }

  override clear(caller: Caller, context: string): Promise<number> {
    const now = this.clock.now();
    const dropAll = async (unit: Unit) => {
      const dropped = await takeLeave(unit, 'entry.deleted', aliveIn(caller, context, now), now);
      await appendEvents(unit, context, dropped);
      return dropped.length;
    };
    return this.database.unitOfWork.run(caller, dropAll, { lock: contextLock(context) });
  }

  override totals(caller: Caller, context: string, now: Date): Promise<SharedContextTotals> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const row =
        await unit.first(sql`SELECT count(*) AS entries, coalesce(sum(original_tokens), 0) AS original,
          coalesce(sum(compressed_tokens), 0) AS compressed
        FROM shared_context_entries WHERE ${aliveIn(caller, context, now)}`);
      return {
        entries: row ? numeric(row, 'entries') : 0,
        totalOriginalTokens: row ? numeric(row, 'original') : 0,
        totalCompressedTokens: row ? numeric(row, 'compressed') : 0,
      };
    });
  }

  override config(caller: Caller, context: string): Promise<SharedContextConfig | null> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const row = await unit.first(sql`SELECT model, ttl_seconds, max_entries FROM shared_context_configs
        WHERE tenant_id = ${caller.tenantId} AND context_address = ${addressOf(context)}`);
      return row ? toConfig(row) : null;
    });
  }

  override async saveConfig(caller: Caller, context: string, config: SharedContextConfig): Promise<void> {
    const values = configValues(caller.tenantId, addressOf(context), context, config);
    await this.database.unitOfWork.run(caller, (unit) =>
      unit.run(sql`INSERT INTO shared_context_configs
          (tenant_id, context_address, context, model, ttl_seconds, max_entries) VALUES ${values}
        ON CONFLICT (tenant_id, context_address) DO UPDATE SET
          model = excluded.model, ttl_seconds = excluded.ttl_seconds, max_entries = excluded.max_entries`),
    );
  }

  override async expire(caller: Caller, context: string, now: Date): Promise<number> {
    if (!(await isDue(this.database, caller.tenantId, context, now))) return 0;
    return expireIn(this.database, caller.tenantId, context, now);
  }

  override async sweep(now: Date): Promise<number> {
    let dropped = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      for (const context of await contextsDue(this.database, tenantId, now)) {
        dropped += await expireIn(this.database, tenantId, context, now);
      }
      await this.database.unitOfWork.run({ tenantId }, (unit) => unit.run(forgetTracesOf(tenantId, now)));
    }
    return dropped;
  }
}

function putOf({ key, version, agent, userId, createdAt }: SharedEntry): ContextChange {
  return { type: 'entry.put', key, version, agent, userId, at: createdAt };
}

function isAlive(row: Row, now: Date): boolean {
  return holds(row) && instant(row, 'expires_at') > now;
}

function hasExpired(row: Row, now: Date): boolean {
  return holds(row) && instant(row, 'expires_at') <= now;
}

/** A trace holds nothing any more. */
function holds(row: Row): boolean {
  return row.is_trace !== true && row.is_trace !== 1;
}

function upsertOf(caller: Caller, entry: SharedEntry): Sql {
  const { tenantId } = caller;
  const contextAddress = addressOf(entry.context);
  const sequence = sql`(SELECT coalesce(max(sequence), 0) + 1 FROM shared_context_entries
    WHERE tenant_id = ${tenantId} AND context_address = ${contextAddress} AND original IS NOT NULL)`;
  const place = { tenantId, address: addressOf(entry.context, entry.key), contextAddress, sequence };
  return sql`INSERT INTO shared_context_entries (${trusted(ENTRY_COLUMNS)}) VALUES ${entryValues(place, entry)}
    ON CONFLICT (tenant_id, address) DO UPDATE SET ${trusted(UPDATED)}`;
}
