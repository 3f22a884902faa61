import type { ArmHit, ArmHits } from '#libs/memory';
import { COLUMNS_OF_M, toMemory } from '../database/memories/memory.mapper.js';
import type { ViewConditions } from '../database/memories/memory-view.js';
import { numberTable } from '../database/bound-tables.js';
import { numbersIn, numeric, text } from '../database/row.js';
import type { Row } from '../database/row.js';
import { sql, trusted } from '../database/sql.js';
import type { Sql } from '../database/sql.js';
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

const SEEN = 0;
const SUPERSEDED = 1;
const EXPIRED = 2;

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
  const found = new FoundInView(limit);
  let last: VectorHit | undefined;
  for (const size of [limit + SPARE, MOST_AT_ONCE]) {
    const some = await candidates.next(size, last);
    found.add(some, await rowsWithin(unit, view, some));
    last = some.at(-1);
    if (found.isSettledBefore(last) || (candidates.isComplete && some.length < size)) return found.hits;
    if (some.length < size) break;
  }
  return nearestOfAll(unit, view, candidates, limit);
}

interface GatedHit {
  readonly id: string;
  readonly gate: number;
  readonly similarity: number;
}

/** Collects what stands where in the view; to be fed nearest first. */
class FoundInView {
  readonly #seen: ArmHit[] = [];
  readonly #gated: GatedHit[] = [];

  constructor(private readonly limit: number) {}

  get hits(): ArmHits {
    const bar = this.#seen.at(-1)?.score ?? 0;
    const near = this.#gated.filter(({ similarity }) => similarity >= bar);
    const ids = (wanted: number) =>
      near.flatMap(({ id, gate }) => (gate === wanted ? [id] : [])).slice(0, this.limit);
    return { hits: this.#seen, suppressed: { superseded: ids(SUPERSEDED), expired: ids(EXPIRED) } };
  }

  /** Whether nothing after this hit can belong to them. */
  isSettledBefore(hit: VectorHit | undefined): boolean {
    const last = this.#isFull ? this.#seen.at(-1) : undefined;
    return hit !== undefined && last !== undefined && hit.similarity < last.score;
  }

  add(hits: readonly VectorHit[], rows: ReadonlyMap<number, Row>): void {
    for (const { seq, similarity } of hits) {
      const row = rows.get(seq);
      if (row === undefined) continue;
      const gate = numeric(row, 'gate');
      if (gate !== SEEN) this.#gated.push({ id: text(row, 'id'), gate, similarity });
      else if (!this.#isFull) this.#seen.push({ memory: toMemory(row), score: similarity });
    }
  }

  get #isFull(): boolean {
    return this.#seen.length >= this.limit;
  }
}

async function rowsWithin(
  unit: Unit,
  view: ViewConditions,
  hits: readonly VectorHit[],
): Promise<ReadonlyMap<number, Row>> {
  if (hits.length === 0) return new Map();
  const numbers = numberTable(
    unit.dialect,
    hits.map(({ seq }) => seq),
  );
  // CROSS JOIN has SQLite look each number up instead of going through all that the view may see.
  const rows = await unit.all(sql`SELECT ${trusted(COLUMNS_OF_M)}, ${gateOf(view)} AS gate
    FROM ${numbers} CROSS JOIN memories AS m WHERE m.seq = x.seq AND ${view.within}`);
  return new Map(rows.map((row) => [numeric(row, 'seq'), row]));
}

function gateOf(view: ViewConditions): Sql {
  return sql`CASE WHEN ${view.expired} THEN ${trusted(String(EXPIRED))}
    WHEN ${view.superseded} THEN ${trusted(String(SUPERSEDED))} ELSE ${trusted(String(SEEN))} END`;
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
  const found = new FoundInView(limit);
  found.add(hits, await rowsWithin(unit, view, hits));
  return found.hits;
}

/** The number of everything within the view, and whether it is gated out. */
async function gatesWithin(unit: Unit, view: ViewConditions): Promise<ReadonlyMap<number, number>> {
  const row =
    await unit.first(sql`SELECT COALESCE(string_agg(CAST(m.seq * 4 + ${gateOf(view)} AS TEXT), ','), '') AS numbers
    FROM memories m WHERE ${view.within}`);
  const numbers = row === undefined ? [] : numbersIn(text(row, 'numbers'));
  return new Map(numbers.map((number) => [Math.floor(number / 4), number % 4]));
}
