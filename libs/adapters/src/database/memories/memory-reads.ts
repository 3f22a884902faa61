import { invalid } from '#libs/kernel';
import type { Page, Scope } from '#libs/kernel';
import type {
  ArmHit,
  ArmHits,
  Embedding,
  Memory,
  MemoryListQuery,
  MemoryStats,
  MemoryView,
} from '#libs/memory';
import type { VectorSearch } from '../../vector/vector-search.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { numeric, optionalInstant, text } from '../row.js';
import type { Row } from '../row.js';
import { allOf, joinSql, listOf, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { COLUMNS_OF_M, toMemory } from './memory.mapper.js';
import { inScope, isCurrent, viewConditions } from './memory-view.js';
import { holdersOfAll, holdsOneOf, scoredByTerms } from './term-index.js';
import type { ScoredMemory } from './term-index.js';

const SORT_KEYS = {
  created_at: 'm.created_at',
  importance: 'm.importance',
  // What was never read sorts as if it had been read before all else.
  last_accessed_at: 'COALESCE(m.last_accessed_at, -1)',
} as const;

/** Keyword candidates that are looked at together after the first ones. */
const MOST_AT_ONCE = 1_000;

export async function listMemories(unit: Unit, query: MemoryListQuery): Promise<Page<Memory>> {
  const sortKey = trusted(SORT_KEYS[query.orderBy]);
  const direction = trusted(query.order === 'asc' ? 'ASC' : 'DESC');
  const asked = allOf([
    viewConditions(unit.dialect, unit.tenantId, query.view).seen,
    ...listConditions(query),
  ]);
  // A memory whose promoted copy is listed as well is not listed twice.
  const promoted = sql`m.id NOT IN (SELECT m.promoted_from FROM memories m
    WHERE ${asked} AND m.promoted_from IS NOT NULL)`;
  const conditions = [asked, promoted];
  if (query.cursor !== undefined) conditions.push(after(query.cursor, sortKey, query.order));
  const rows = await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)}, ${sortKey} AS sort_key FROM memories m
    WHERE ${allOf(conditions)} ORDER BY ${sortKey} ${direction}, m.id ${direction} LIMIT ${query.limit + 1}`);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && rows.length > page.length;
  return {
    data: page.map(toMemory),
    nextCursor: hasMore ? encodeCursor([numeric(last, 'sort_key'), text(last, 'id')]) : null,
  };
}

function listConditions(query: MemoryListQuery): readonly Sql[] {
  const { scopeLevel, category, subject, createdAfter, createdBefore, minImportance } = query;
  return [
    ...(scopeLevel === undefined ? [] : [sql`m.scope_level = ${scopeLevel}`]),
    ...(category === undefined ? [] : [sql`m.category = ${category}`]),
    ...(subject === undefined ? [] : [sql`m.subject = ${subject}`]),
    ...(createdAfter === undefined ? [] : [sql`m.created_at > ${createdAfter.getTime()}`]),
    ...(createdBefore === undefined ? [] : [sql`m.created_at < ${createdBefore.getTime()}`]),
    ...(minImportance === undefined ? [] : [sql`m.importance >= ${minImportance}`]),
  ];
}

/** What comes after a position, whatever was added before it meanwhile. */
function after(cursor: string, sortKey: Sql, order: 'asc' | 'desc'): Sql {
  const [value, id] = decodeCursor(cursor, 2);
  if (typeof value !== 'number' || typeof id !== 'string') {
    throw invalid([{ path: 'cursor', message: 'is not a cursor of this list; leave it out to start over' }]);
  }
  const beyond = trusted(order === 'asc' ? '>' : '<');
  return sql`(${sortKey} ${beyond} ${value} OR (${sortKey} = ${value} AND m.id ${beyond} ${id}))`;
}

export async function searchByTerms(
  unit: Unit,
  view: MemoryView,
  terms: readonly string[],
  limit: number,
): Promise<ArmHits> {
  const { userId } = view.scope;
  const scored = await scoredByTerms(unit, userId, terms);
  if (scored.length === 0) return { hits: [], suppressed: { superseded: [], expired: [] } };
  const conditions = viewConditions(unit.dialect, unit.tenantId, view);
  const gated = await unit.all(sql`SELECT m.id, CASE WHEN ${conditions.expired} THEN 2 ELSE 1 END AS gate
    FROM memories m
    WHERE (m.superseded_at IS NOT NULL OR m.expires_at IS NOT NULL)
      AND ${conditions.within} AND (${conditions.expired} OR ${conditions.superseded})
      AND EXISTS (SELECT 1 FROM memory_terms p WHERE ${holdsOneOf(unit, userId, terms)} AND p.seq = m.seq)`);
  return {
    hits: await bestSeen(unit, scored, conditions.seen, limit),
    suppressed: { superseded: idsOf(gated, 1), expired: idsOf(gated, 2) },
  };
}

/** Goes down the list until enough of it is in view; most views gate out few. */
async function bestSeen(
  unit: Unit,
  scored: readonly ScoredMemory[],
  seen: Sql,
  limit: number,
): Promise<readonly ArmHit[]> {
  const hits: ArmHit[] = [];
  for (
    let start = 0, size = limit;
    start < scored.length && hits.length < limit;
    start += size, size = MOST_AT_ONCE
  ) {
    const some = scored.slice(start, start + size);
    const numbers = some.map(({ seq }) => sql`(CAST(${seq} AS BIGINT))`);
    // CROSS JOIN has SQLite look each number up instead of going through all that the view may see.
    const rows = await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)}
      FROM (SELECT column1 AS seq FROM (VALUES ${joinSql(numbers, ', ')}) AS numbers) AS x
      CROSS JOIN memories AS m WHERE m.seq = x.seq AND ${seen}`);
    const rowOf = new Map(rows.map((row) => [numeric(row, 'seq'), row]));
    for (const { seq, score } of some) {
      const row = rowOf.get(seq);
      if (row !== undefined && hits.length < limit) hits.push({ memory: toMemory(row), score });
    }
  }
  return hits;
}

/** What the view sees that holds every one of the terms, newest first. */
export async function withAllTerms(
  unit: Unit,
  view: MemoryView,
  terms: readonly string[],
  limit: number,
): Promise<readonly Memory[]> {
  if (terms.length === 0) return [];
  const holders = await holdersOfAll(unit, view.scope.userId, terms);
  const { seen } = viewConditions(unit.dialect, unit.tenantId, view);
  const rows = await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)}
    FROM (${holders}) AS x CROSS JOIN memories AS m WHERE m.seq = x.seq AND ${seen} ORDER BY m.seq DESC LIMIT ${limit}`);
  return rows.map(toMemory);
}

function idsOf(rows: readonly Row[], gate: number): readonly string[] {
  return rows.filter((row) => numeric(row, 'gate') === gate).map((row) => text(row, 'id'));
}

export async function searchByVector(
  unit: Unit,
  view: MemoryView,
  query: Embedding,
  limit: number,
  vectors: VectorSearch,
): Promise<ArmHits> {
  const conditions = viewConditions(unit.dialect, unit.tenantId, view);
  const { hits, gated } = await vectors.nearest(unit, view.scope.userId, conditions, query, limit);
  const rows = await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)} FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND m.seq IN ${listOf(hits.map((hit) => hit.seq))}`);
  const memories = new Map(rows.map((row) => [numeric(row, 'seq'), toMemory(row)]));
  return {
    hits: hits.flatMap(({ seq, similarity }) => {
      const memory = memories.get(seq);
      return memory === undefined ? [] : [{ memory, score: similarity }];
    }),
    suppressed: {
      superseded: gated.filter((hit) => hit.gate === 'superseded').map((hit) => hit.id),
      expired: gated.filter((hit) => hit.gate === 'expired').map((hit) => hit.id),
    },
  };
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
