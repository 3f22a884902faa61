import type { Page, Scope } from '#libs/kernel';
import type { Memory, MemoryListQuery, MemoryStats } from '#libs/memory';
import { decodeNumberAndId, encodeCursor } from '../cursor.js';
import type { ListIdentity } from '../cursor.js';
import { numeric, optionalInstant, text } from '../row.js';
import { allOf, listOf, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import { padded } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';
import { COLUMNS_OF_M, scopeKeysSeen, toMemory } from './memory.mapper.js';
import { inScope, isCurrent, viewConditions } from './memory-view.js';

const SORT_KEYS = {
  created_at: 'm.created_at',
  importance: 'm.importance',
  // What was never read sorts as if it had been read before all else.
  last_accessed_at: 'COALESCE(m.last_accessed_at, -1)',
} as const;

export async function listMemories(unit: Unit, query: MemoryListQuery): Promise<Page<Memory>> {
  const sortKey = trusted(SORT_KEYS[query.orderBy]);
  const direction = trusted(query.order === 'asc' ? 'ASC' : 'DESC');
  const asked = allOf([
    viewConditions(unit.dialect, unit.tenantId, query.view).seen,
    ...listConditions(query),
  ]);
  // A memory whose promoted copy, or the twin that its promotion met, is listed as well is not listed twice.
  const promoted = sql`m.id NOT IN (SELECT m.promoted_from FROM memories m
      WHERE ${asked} AND m.promoted_from IS NOT NULL)
    AND m.id NOT IN (SELECT o.id FROM memories o CROSS JOIN memories m
      WHERE o.tenant_id = ${unit.tenantId} AND o.user_id = ${query.view.scope.userId} AND o.promoted_to > ''
        AND m.id = o.promoted_to AND ${asked})`;
  const conditions = [asked, promoted];
  if (query.cursor !== undefined) conditions.push(after(query, query.cursor, sortKey));
  const rows =
    await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)}, ${sortKey} AS sort_key FROM ${candidates(unit, query)}
    AND ${allOf(conditions)} ORDER BY ${sortKey} ${direction}, m.id ${direction} LIMIT ${query.limit + 1}`);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && rows.length > page.length;
  return {
    data: page.map(toMemory),
    nextCursor: hasMore
      ? encodeCursor(identityOf(query), [numeric(last, 'sort_key'), text(last, 'id')])
      : null,
  };
}

function listConditions(query: MemoryListQuery): readonly Sql[] {
  const { scopeLevel, category, subjects, createdAfter, createdBefore, minImportance } = query;
  return [
    ...(scopeLevel === undefined ? [] : [sql`m.scope_level = ${scopeLevel}`]),
    ...(category === undefined ? [] : [sql`m.category = ${category}`]),
    ...(subjects === undefined ? [] : [sql`m.subject IN ${listOf(padded(subjects))}`]),
    ...(createdAfter === undefined ? [] : [sql`m.created_at > ${createdAfter.getTime()}`]),
    ...(createdBefore === undefined ? [] : [sql`m.created_at < ${createdBefore.getTime()}`]),
    ...(minImportance === undefined ? [] : [sql`m.importance >= ${minImportance}`]),
  ];
}

/**
 * The memories to choose from, as `m`: on some subjects these are looked up, which SQLite would not do by itself where
 * an index gives the wanted order. CROSS JOIN has it begin with them.
 */
function candidates(unit: Unit, { view, subjects }: MemoryListQuery): Sql {
  const { scope, mode } = view;
  if (subjects === undefined || mode === 'subtree') return trusted('memories m WHERE 1 = 1');
  return sql`(SELECT s.seq FROM memories s WHERE s.tenant_id = ${unit.tenantId}
      AND s.scope_key IN ${listOf(scopeKeysSeen(scope, mode))} AND s.subject IN ${listOf(padded(subjects))}) AS named
    CROSS JOIN memories m WHERE m.seq = named.seq`;
}

/** Filters may change on the way through a list; whose it is and its order may not. */
function identityOf({ view, orderBy, order }: MemoryListQuery): ListIdentity {
  const { userId, sessionId, agentId, turnId } = view.scope;
  return ['memories', orderBy, order, view.mode, userId, sessionId, agentId, turnId];
}

/** What comes after a position, whatever was added before it meanwhile. */
function after(query: MemoryListQuery, cursor: string, sortKey: Sql): Sql {
  const [value, id] = decodeNumberAndId(identityOf(query), cursor);
  const beyond = trusted(query.order === 'asc' ? '>' : '<');
  return sql`(${sortKey} ${beyond} ${value} OR (${sortKey} = ${value} AND m.id ${beyond} ${id}))`;
}

export async function memoryStats(unit: Unit, scope: Scope, now: Date): Promise<MemoryStats> {
  const rows = await unit.all(sql`SELECT m.category, m.scope_level, count(*) AS total,
      SUM(CASE WHEN ${isCurrent(now)} THEN 1 ELSE 0 END) AS current_ones,
      SUM(CASE WHEN m.superseded_at IS NULL THEN 0 ELSE 1 END) AS superseded_ones,
      MIN(m.created_at) AS oldest, MAX(m.created_at) AS newest
    FROM memories m WHERE ${inScope(unit.tenantId, scope, 'subtree')} AND m.deleted_at IS NULL
    GROUP BY m.category, m.scope_level`);
  const sum = (column: string) => rows.reduce((total, row) => total + numeric(row, column), 0);
  const by = (column: string) => {
    const counts: Record<string, number> = {};
    for (const row of rows) {
      const name = text(row, column);
      counts[name] = (counts[name] ?? 0) + numeric(row, 'total');
    }
    return counts;
  };
  const instants = (column: string) => rows.map((row) => optionalInstant(row, column)?.getTime() ?? 0);
  return {
    total: sum('total'),
    current: sum('current_ones'),
    superseded: sum('superseded_ones'),
    byCategory: by('category'),
    byScopeLevel: by('scope_level'),
    ...(rows.length > 0 && {
      oldest: new Date(Math.min(...instants('oldest'))),
      newest: new Date(Math.max(...instants('newest'))),
    }),
  };
}
