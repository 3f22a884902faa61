import {
  rankByTerms,
  type ArmHit,
  type KeywordHits,
  type KeywordQuery,
  type Memory,
  type MemoryView,
  type Ranking,
} from '#libs/memory';
import { numeric, text } from '../row.js';
import type { Row } from '../row.js';
import { joinSql, sql, trusted } from '../sql.js';
import type { Sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { COLUMNS_OF_M, toMemory } from './memory.mapper.js';
import type { MemoryOutlines } from './memory-outlines.js';
import { viewConditions } from './memory-view.js';
import { holdersOfAll, holdsOneOf } from './term-index.js';

/** Keyword candidates that are looked at together after the first ones. */
const MOST_AT_ONCE = 1_000;

export async function searchByTerms(
  unit: Unit,
  view: MemoryView,
  query: KeywordQuery,
  limit: number,
  outlines: MemoryOutlines,
): Promise<KeywordHits> {
  const { userId } = view.scope;
  const { outline, terms, newest } = await outlines.indexOf(unit, userId);
  const postings = await terms.postingsOf(unit, outline, newest, query.terms);
  if (postings.length === 0) return { hits: [], full: 0, suppressed: { superseded: [], expired: [] } };
  const ranking = rankByTerms(outline, postings, query);
  const conditions = viewConditions(unit.dialect, unit.tenantId, view);
  const gated = await unit.all(sql`SELECT m.id, CASE WHEN ${conditions.expired} THEN 2 ELSE 1 END AS gate
    FROM memories m
    WHERE (m.superseded_at IS NOT NULL OR m.expires_at IS NOT NULL)
      AND ${conditions.within} AND (${conditions.expired} OR ${conditions.superseded})
      AND EXISTS (SELECT 1 FROM memory_terms p WHERE ${holdsOneOf(unit, userId, query.terms)} AND p.seq = m.seq)`);
  return {
    hits: await bestSeen(unit, ranking, conditions.seen, limit),
    full: ranking.full,
    suppressed: { superseded: idsOf(gated, 1), expired: idsOf(gated, 2) },
  };
}

/** Goes down the ranking until enough of it is in view; most views gate out few. */
async function bestSeen(unit: Unit, ranking: Ranking, seen: Sql, limit: number): Promise<readonly ArmHit[]> {
  const hits: ArmHit[] = [];
  for (const slice of ranking.slices(limit)) {
    for (let start = 0; start < slice.length && hits.length < limit; start += MOST_AT_ONCE) {
      const some = slice.slice(start, start + MOST_AT_ONCE);
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
    if (hits.length >= limit) break;
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
