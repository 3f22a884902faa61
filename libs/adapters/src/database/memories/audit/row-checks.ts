import { scopeLevel } from '#libs/kernel';
import { contentHash } from '#libs/memory';
import { encodeText } from '../../exact-text.js';
import { isNull, numeric, text } from '../../row.js';
import type { Row } from '../../row.js';
import { sql, trusted } from '../../sql.js';
import type { Sql } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import { COLUMNS_OF_M, scopeKey, toMemory } from '../memory.mapper.js';
import { PAGE_SIZE, pageOf } from './audit-check.js';
import type { AuditFault, PagedCheck, Position } from './audit-check.js';

/** What a tombstone may still hold: nothing. */
const EMPTIED = {
  content_hash: `''`,
  entities: `'[]'`,
  metadata: `'{}'`,
  terms: `''`,
  also_seen: `'[]'`,
} as const;
const NULLED = ['subject', 'searchable', 'source', 'reason', 'embedding_model'] as const;

/** What is computed from a row stands in it as it would be computed now. */
export const derivedColumns: PagedCheck = {
  check: 'rows',
  remedy: 'repair computes scope_key, scope_level and content_hash anew',
  async page(unit, after) {
    const rows =
      await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)}, m.scope_key, m.scope_level FROM memories m
      WHERE m.tenant_id = ${unit.tenantId} AND ${beyond(after)} AND m.deleted_at IS NULL
      ORDER BY m.seq LIMIT ${PAGE_SIZE}`);
    return pageOf(rows, rows.flatMap(derivedFaults), bySeq);
  },
};

function derivedFaults(row: Row): AuditFault[] {
  const memory = toMemory(row);
  const key = scopeKey(memory.scope);
  const level = scopeLevel(memory.scope);
  const hash = contentHash(memory.content);
  const isSound =
    text(row, 'scope_key') === key && text(row, 'scope_level') === level && memory.contentHash === hash;
  if (isSound) return [];
  const repair = (unit: Unit) =>
    unit.run(sql`UPDATE memories SET scope_key = ${key}, scope_level = ${level}, content_hash = ${hash}
      WHERE tenant_id = ${unit.tenantId} AND seq = ${numeric(row, 'seq')}`);
  return [{ id: memory.id, repair }];
}

/** A tombstone says that something was there, and nothing of what it was. */
export const emptyTombstones: PagedCheck = {
  check: 'tombstones',
  remedy: 'repair empties them: their content was deleted by its user',
  async page(unit, after) {
    const empty = encodeText('');
    const holdsSomething = trusted(
      [
        ...Object.entries(EMPTIED).map(([column, value]) => `m.${column} <> ${value}`),
        ...NULLED.map((column) => `m.${column} IS NOT NULL`),
      ].join(' OR '),
    );
    const rows = await unit.all(sql`SELECT m.id, m.seq,
        CASE WHEN m.content <> ${empty} OR m.term_count <> 0 OR ${holdsSomething} THEN 1 ELSE NULL END AS fault
      FROM memories m WHERE m.tenant_id = ${unit.tenantId} AND ${beyond(after)} AND m.deleted_at IS NOT NULL
      ORDER BY m.seq LIMIT ${PAGE_SIZE}`);
    const emptied = trusted(
      [
        ...Object.entries(EMPTIED).map(([column, value]) => `${column} = ${value}`),
        ...NULLED.map((column) => `${column} = NULL`),
      ].join(', '),
    );
    const faults = rows
      .filter((row) => !isNull(row, 'fault'))
      .map((row) => ({
        id: text(row, 'id'),
        repair: (writing: Unit) =>
          writing.run(sql`UPDATE memories SET content = ${empty}, term_count = 0, ${emptied}
            WHERE tenant_id = ${writing.tenantId} AND seq = ${numeric(row, 'seq')}`),
      }));
    return pageOf(rows, faults, bySeq);
  },
};

/** The same text in the same scope is one memory; successors and copies may repeat a text. */
export const noDuplicates: PagedCheck = {
  check: 'duplicates',
  remedy: 'delete all but one of them through the API',
  async page(unit, after) {
    const rows = await unit.all(sql`SELECT m.id, m.seq, CASE WHEN EXISTS (SELECT 1 FROM memories t
        WHERE t.tenant_id = m.tenant_id AND t.scope_key = m.scope_key AND t.content_hash = m.content_hash
          AND t.seq < m.seq AND ${isPlain('t')}) THEN 1 ELSE NULL END AS fault
      FROM memories m WHERE m.tenant_id = ${unit.tenantId} AND ${beyond(after)} AND ${isPlain('m')}
      ORDER BY m.seq LIMIT ${PAGE_SIZE}`);
    const faults = rows.filter((row) => !isNull(row, 'fault')).map((row) => ({ id: text(row, 'id') }));
    return pageOf(rows, faults, bySeq);
  },
};

/** Current, without end, and not made by superseding. */
function isPlain(alias: 'm' | 't'): Sql {
  return trusted(
    ['deleted_at', 'superseded_at', 'supersedes', 'awaited_predecessor', 'expires_at']
      .map((name) => `${alias}.${name} IS NULL`)
      .join(' AND '),
  );
}

export function beyond(after: Position | undefined): Sql {
  return sql`m.seq > ${after?.[0] ?? -1}`;
}

export function bySeq(row: Row): Position {
  return [numeric(row, 'seq')];
}
