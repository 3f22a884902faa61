import {
  rankByTerms,
  type ArmHits,
  type KeywordHits,
  type KeywordQuery,
  type Memory,
  type MemoryView,
  type Ranking,
} from '#libs/memory';
import { sql, trusted } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { FoundInView } from './found-in-view.js';
import { COLUMNS_OF_M, toMemory } from './memory.mapper.js';
import type { MemoryOutlines } from './memory-outlines.js';
import { viewConditions, type ViewConditions } from './memory-view.js';
import { holdersOfAll } from './term-index.js';

/** Looked at beyond the wanted ones at first: most views gate out few. */
const SPARE = 6;
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
  return { ...(await bestInView(unit, ranking, conditions, limit)), full: ranking.full };
}

/** Goes down the ranking until enough of it is in view; most views gate out few. */
async function bestInView(
  unit: Unit,
  ranking: Ranking,
  view: ViewConditions,
  limit: number,
): Promise<ArmHits> {
  const found = new FoundInView(unit, view, limit);
  for (const slice of ranking.slices(limit + SPARE)) {
    for (let start = 0; start < slice.length && !found.isFull; start += MOST_AT_ONCE) {
      await found.look(slice.slice(start, start + MOST_AT_ONCE));
    }
    if (found.isFull) break;
  }
  return found.hits;
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
