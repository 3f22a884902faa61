import type { ArmHits, ScoredMemory } from '#libs/memory';
import { EXPIRED, FoundInView, gateOf, SEEN, SUPERSEDED } from '../database/memories/found-in-view.js';
import type { ViewConditions } from '../database/memories/memory-view.js';
import { numbersIn, text } from '../database/row.js';
import { sql } from '../database/sql.js';
import type { Unit } from '../database/unit-of-work.js';
import { isBefore, NearestHits } from './exact/nearest-hits.js';
import type { VectorHit } from './vector-search.js';

/** Candidates of a search in the order of their similarity. */
export interface Candidates {
  /** Whether {@link next} leaves none out, so that fewer than wanted are the last ones. */
  readonly isComplete: boolean;

  /** The next ones after a hit, nearest first; the very first ones without it. Fewer when there are no more. */
  next(count: number, after?: VectorHit): readonly VectorHit[] | Promise<readonly VectorHit[]>;

  /** The similarity of each of some memories, in no order; without those that have no vector. */
  of(wanted: ReadonlyMap<number, unknown>): readonly VectorHit[] | Promise<readonly VectorHit[]>;
}

/** Looked at beyond the wanted ones at first: most views gate out few. */
const SPARE = 6;
const MOST_AT_ONCE = 1_000;

/**
 * The nearest that a view sees, and what it gates out although it is as near. Goes down the candidates first; a view
 * that is too narrow for that is asked for all that it holds, so that it always finds everything of its own.
 */
export async function nearestInView(
  unit: Unit,
  view: ViewConditions,
  candidates: Candidates,
  limit: number,
): Promise<ArmHits> {
  const found = new FoundInView(unit, view, limit);
  let last: VectorHit | undefined;
  for (const size of [limit + SPARE, MOST_AT_ONCE]) {
    const some = await candidates.next(size, last);
    await found.look(some.map(toScored));
    last = some.at(-1);
    if (found.isSettledAfter(last && toScored(last)) || (candidates.isComplete && some.length < size))
      return found.hits;
    if (some.length < size) break;
  }
  return nearestOfAll(unit, view, candidates, limit);
}

/** Compares the query with everything within the view. */
async function nearestOfAll(
  unit: Unit,
  view: ViewConditions,
  candidates: Candidates,
  limit: number,
): Promise<ArmHits> {
  const gates = await gatesWithin(unit, view);
  const nearest = [SEEN, SUPERSEDED, EXPIRED].map(() => new NearestHits(limit));
  for (const { seq, similarity } of await candidates.of(gates)) {
    nearest[gates.get(seq) ?? SEEN]?.offer(seq, similarity);
  }
  const hits = nearest.flatMap((each) => each.hits).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const found = new FoundInView(unit, view, limit);
  await found.look(hits.map(toScored));
  return found.hits;
}

function toScored({ seq, similarity }: VectorHit): ScoredMemory {
  return { seq, score: similarity };
}

/** The number of everything within the view, and whether it is gated out. */
async function gatesWithin(unit: Unit, view: ViewConditions): Promise<ReadonlyMap<number, number>> {
  const row =
    await unit.first(sql`SELECT COALESCE(string_agg(CAST(m.seq * 4 + ${gateOf(view)} AS TEXT), ','), '') AS numbers
    FROM memories m WHERE ${view.within}`);
  const numbers = row === undefined ? [] : numbersIn(text(row, 'numbers'));
  return new Map(numbers.map((number) => [Math.floor(number / 4), number % 4]));
}
