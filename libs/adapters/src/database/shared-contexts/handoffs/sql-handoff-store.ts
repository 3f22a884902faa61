import { IDEMPOTENCY_TTL_SECONDS, type Caller } from '#libs/kernel';
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
  pinEntries,
  type RepeatedDraft,
  requireHandoff,
  requirePending,
} from '#libs/shared-context';
import { addressOf } from '../../address.js';
import { decodeTimeAndId, encodeCursor } from '../../cursor.js';
import type { Database } from '../../database.js';
import { decodeText } from '../../exact-text.js';
import { insertRecords } from '../../insert-row.js';
import { bytes, instant, optionalText, type Row, text } from '../../row.js';
import { allOf, listOf, rowLocks, type Sql, sql } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import { contextLock } from '../entry-conditions.js';
import { appendEvents } from '../events/append-events.js';
import { handoffRow, toHandoff } from './handoff.mapper.js';
import { findEntries, keepPinned } from './pinned-rows.js';
import { pinOriginals, renewOriginals } from './pin-originals.js';

const SWEPT_PER_UNIT = 500;

/** Handoffs on SQLite and PostgreSQL. */
export class SqlHandoffStore extends HandoffStore {
  constructor(private readonly database: Database) {
    super();
  }

  override create(caller: Caller, draft: HandoffDraft): Promise<Handoff> {
    const key = keyOf(caller, draft.idempotencyKey);
    const pin = async (unit: Unit): Promise<Handoff> => {
      const first = await createdUnder(unit, caller, draft);
      if (first !== undefined) return first;
      const found = await findEntries(unit, caller, draft);
      const handoff = pinEntries(
        draft,
        found.map(({ lookup }) => lookup),
      );
      const texts = found.flatMap(({ pinned }) => (pinned === undefined ? [] : [pinned]));
      await unit.send(
        insertRecords(unit.dialect, 'handoffs', [
          { ...handoffRow(unit.tenantId, handoff), creation_key: key },
        ]),
      );
      await keepPinned(unit, handoff, texts);
      await pinOriginals(unit, texts, draft.createdAt, draft.expiresAt);
      await appendEvents(unit, draft.context, [changeOf(handoff, 'handoff.created', draft.createdAt)]);
      return handoff;
    };
    return this.database.unitOfWork.run(caller, pin, { lock: contextLock(draft.context) });
  }

  override async createdBefore(caller: Caller, draft: RepeatedDraft): Promise<Handoff | undefined> {
    if (draft.idempotencyKey === undefined) return undefined;
    return await this.database.unitOfWork.read(caller, (unit) => createdUnder(unit, caller, draft));
  }

  override accept(
    caller: Caller,
    context: string,
    id: string,
    now: Date,
    idempotencyKey?: string,
  ): Promise<AcceptedHandoff> {
    const key = keyOf(caller, idempotencyKey);
    return this.database.unitOfWork.run(caller, async (unit) => {
      const row = await unit.first(sql`SELECT * FROM handoffs
        WHERE ${at(unit, context, id)} ${rowLocks(unit.dialect)}`);
      const [found] = row === undefined ? [] : await withEntries(unit, [row]);
      const isRepeated = key !== null && row !== undefined && wasAcceptedUnder(row, key, now);
      const handoff = isRepeated
        ? requireHandoff(caller, found)
        : { ...requirePending(caller, found, now), acceptedAt: now };
      const rows = await unit.all(sql`SELECT compressed FROM handoff_entries
        WHERE ${entriesOf(unit, id)} AND is_left_out = 0 ORDER BY position`);
      const contents = rows.map((row) => decodeText(bytes(row, 'compressed')));
      const read = handoff.entries.map((entry, index) => ({ entry, compressed: contents[index] ?? '' }));
      const named = handoff.leftOut.map((entry) => ({ entry, compressed: '' }));
      const accepted = {
        handoff,
        contents: read.map(({ entry, compressed }) => ({ kind: entry.contentKind, text: compressed })),
      };
      if (isRepeated) return accepted;
      await unit.send(sql`UPDATE handoffs SET accepted_at = ${now.getTime()}, acceptance_key = ${key}
        WHERE ${at(unit, context, id)}`);
      await renewOriginals(unit, [...read, ...named], now);
      await appendEvents(unit, context, [changeOf(handoff, 'handoff.accepted', now)]);
      return accepted;
    });
  }

  override find(caller: Caller, context: string, id: string): Promise<Handoff> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const [found] = await handoffsOf(unit, at(unit, context, id));
      return requireHandoff(caller, found);
    });
  }

  override async list(
    caller: Caller,
    context: string,
    filter: HandoffFilter,
    page: HandoffPageRequest,
    now: Date,
  ): Promise<HandoffPage> {
    const identity = ['handoffs', context, filter.to, filter.status];
    const before = page.cursor === undefined ? undefined : decodeTimeAndId(identity, page.cursor);
    return await this.database.unitOfWork.read(caller, async (unit) => {
      const conditions = [
        sql`tenant_id = ${unit.tenantId} AND context_address = ${addressOf(context)}`,
        visible(caller),
        ...filters(filter, now),
        ...(before === undefined ? [] : [sql`(created_at, id) < (${before[0]}, ${before[1]})`]),
      ];
      const found = await handoffsOf(
        unit,
        allOf(conditions),
        sql`ORDER BY created_at DESC, id DESC LIMIT ${page.limit + 1}`,
      );
      const data = found.slice(0, page.limit);
      const last = data.at(-1);
      const hasMore = last !== undefined && found.length > data.length;
      return {
        data,
        nextCursor: hasMore ? encodeCursor(identity, [last.createdAt.getTime(), last.id]) : null,
      };
    });
  }

  override async sweep(now: Date): Promise<number> {
    let expired = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      for (let some = SWEPT_PER_UNIT; some === SWEPT_PER_UNIT; expired += some) {
        some = await this.database.unitOfWork.run({ tenantId }, (unit) => emptyExpired(unit, now));
      }
      await this.database.unitOfWork.run({ tenantId }, (unit) => forgetOld(unit, now));
    }
    return expired;
  }
}

function at(unit: Unit, context: string, id: string): Sql {
  return sql`tenant_id = ${unit.tenantId} AND id = ${id} AND context_address = ${addressOf(context)}`;
}

function entriesOf(unit: Unit, id: string): Sql {
  return sql`tenant_id = ${unit.tenantId} AND handoff_id = ${id}`;
}

/** Keys of different API keys never meet; the key itself is not kept. */
function keyOf(caller: Caller, idempotencyKey: string | undefined): string | null {
  return idempotencyKey === undefined ? null : addressOf(caller.keyId, idempotencyKey);
}

async function createdUnder(
  unit: Unit,
  caller: Caller,
  { context, createdAt, idempotencyKey }: RepeatedDraft,
): Promise<Handoff | undefined> {
  const key = keyOf(caller, idempotencyKey);
  if (key === null) return undefined;
  const since = createdAt.getTime() - IDEMPOTENCY_TTL_SECONDS * 1000;
  const [first] = await handoffsOf(
    unit,
    sql`tenant_id = ${unit.tenantId} AND creation_key = ${key} AND context_address = ${addressOf(context)}
      AND created_at > ${since}`,
  );
  return first && requireHandoff(caller, first);
}

function wasAcceptedUnder(row: Row, key: string, now: Date): boolean {
  return optionalText(row, 'acceptance_key') === key && instant(row, 'expires_at') > now;
}

function filters({ to, status }: HandoffFilter, now: Date): Sql[] {
  const recipient = to === undefined ? [] : [sql`to_address = ${addressOf(to)}`];
  switch (status) {
    case undefined:
      return recipient;
    case 'accepted':
      return [...recipient, sql`accepted_at IS NOT NULL`];
    case 'pending':
      return [...recipient, sql`accepted_at IS NULL AND expires_at > ${now.getTime()}`];
    case 'expired':
      return [...recipient, sql`accepted_at IS NULL AND expires_at <= ${now.getTime()}`];
  }
}

/** The rule of `maySeeHandoff`, for a page of many. */
function visible(caller: Caller): Sql {
  if (caller.users === null) return allOf([]);
  return sql`NOT EXISTS (SELECT 1 FROM handoff_entries WHERE handoff_entries.tenant_id = handoffs.tenant_id
    AND handoff_id = handoffs.id AND user_id IS NOT NULL AND user_id NOT IN ${listOf(caller.users)})`;
}

async function handoffsOf(unit: Unit, condition: Sql, tail: Sql = sql``): Promise<Handoff[]> {
  return withEntries(unit, await unit.all(sql`SELECT * FROM handoffs WHERE ${condition} ${tail}`));
}

async function withEntries(unit: Unit, rows: readonly Row[]): Promise<Handoff[]> {
  const ids = rows.map((row) => text(row, 'id'));
  if (ids.length === 0) return [];
  const pinned = new Map<string, Row[]>(ids.map((id) => [id, []]));
  const entries = await unit.all(sql`SELECT handoff_id, is_left_out, entry_key, agent, user_id, version, hash,
      content_kind, original_tokens, compressed_tokens, transforms
    FROM handoff_entries WHERE tenant_id = ${unit.tenantId} AND handoff_id IN ${listOf(ids)} ORDER BY position`);
  for (const entry of entries) pinned.get(text(entry, 'handoff_id'))?.push(entry);
  return rows.map((row) => toHandoff(row, pinned.get(text(row, 'id')) ?? []));
}

async function emptyExpired(unit: Unit, now: Date): Promise<number> {
  const rows = await unit.all(sql`SELECT id FROM handoffs
    WHERE tenant_id = ${unit.tenantId} AND expires_at <= ${now.getTime()} AND EXISTS (
      SELECT 1 FROM handoff_entries WHERE handoff_entries.tenant_id = handoffs.tenant_id
        AND handoff_id = handoffs.id AND compressed IS NOT NULL)
    ORDER BY expires_at LIMIT ${SWEPT_PER_UNIT}`);
  if (rows.length === 0) return 0;
  const ids = listOf(rows.map((row) => text(row, 'id')));
  await unit.send(sql`UPDATE handoff_entries SET compressed = NULL
    WHERE tenant_id = ${unit.tenantId} AND handoff_id IN ${ids}`);
  return rows.length;
}

async function forgetOld(unit: Unit, now: Date): Promise<void> {
  const oldest = now.getTime() - HANDOFF_TRACE_SECONDS * 1000;
  await unit.send(sql`DELETE FROM handoffs WHERE tenant_id = ${unit.tenantId} AND expires_at < ${oldest}`);
}
