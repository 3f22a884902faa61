import type { ArmHit, ArmHits, ScoredMemory } from '#libs/memory';
import { numberTable } from '../bound-tables.js';
import { numeric, type Row, text } from '../row.js';
import { type Sql, sql, trusted } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { COLUMNS_OF_M, toMemory } from './memory.mapper.js';
import type { ViewConditions } from './memory-view.js';

export const SEEN = 0;
export const SUPERSEDED = 1;
export const EXPIRED = 2;

/** Of more candidates only the gate is read first, and whole rows of those alone that are wanted. */
const MOST_WHOLE = 200;

interface GatedHit {
  readonly id: string;
  readonly gate: number;
  readonly score: number;
}

/** Collects the best candidates that a view sees, and what it gates out although it is as good; to be shown best first. */
export class FoundInView {
  readonly #seen: ArmHit[] = [];
  readonly #gated: GatedHit[] = [];

  constructor(
    private readonly unit: Unit,
    private readonly view: ViewConditions,
    private readonly limit: number,
  ) {}

  get hits(): ArmHits {
    const bar = this.isFull ? (this.#seen.at(-1)?.score ?? 0) : Number.NEGATIVE_INFINITY;
    const near = this.#gated.filter(({ score }) => score >= bar);
    const gatedAs = (wanted: number) =>
      near.flatMap(({ id, gate, score }) => (gate === wanted ? [{ id, score }] : [])).slice(0, this.limit);
    return { hits: this.#seen, suppressed: { superseded: gatedAs(SUPERSEDED), expired: gatedAs(EXPIRED) } };
  }

  get isFull(): boolean {
    return this.#seen.length >= this.limit;
  }

  /** Whether nothing after a candidate can belong to them. */
  isSettledAfter(candidate: ScoredMemory | undefined): boolean {
    const last = this.isFull ? this.#seen.at(-1) : undefined;
    return candidate !== undefined && last !== undefined && candidate.score < last.score;
  }

  async look(candidates: readonly ScoredMemory[]): Promise<void> {
    const isWhole = candidates.length <= MOST_WHOLE;
    const gates = await this.#rowsOf(
      candidates.map(({ seq }) => seq),
      isWhole ? trusted(COLUMNS_OF_M) : trusted('m.seq, m.id'),
    );
    const room = this.limit - this.#seen.length;
    const wanted = candidates.filter(({ seq }) => gateIn(gates.get(seq)) === SEEN).slice(0, room);
    const rows = isWhole ? gates : await this.#wholeRowsOf(wanted);
    for (const { seq, score } of wanted) {
      const row = rows.get(seq);
      if (row !== undefined) this.#seen.push({ memory: toMemory(row), score });
    }
    for (const { seq, score } of candidates) {
      const row = gates.get(seq);
      const gate = gateIn(row);
      if (row !== undefined && gate !== undefined && gate !== SEEN)
        this.#gated.push({ id: text(row, 'id'), gate, score });
    }
  }

  #wholeRowsOf(wanted: readonly ScoredMemory[]): Promise<ReadonlyMap<number, Row>> {
    return this.#rowsOf(
      wanted.map(({ seq }) => seq),
      trusted(COLUMNS_OF_M),
    );
  }

  /** What is not within the view is left out. */
  async #rowsOf(seqs: readonly number[], columns: Sql): Promise<ReadonlyMap<number, Row>> {
    if (seqs.length === 0) return new Map();
    // CROSS JOIN has SQLite look each number up instead of going through all that the view may see.
    const rows = await this.unit.all(sql`SELECT ${columns}, ${gateOf(this.view)} AS gate
      FROM ${numberTable(this.unit.dialect, seqs)} CROSS JOIN memories AS m
      WHERE m.seq = x.seq AND ${this.view.within}`);
    return new Map(rows.map((row) => [numeric(row, 'seq'), row]));
  }
}

/** What a view does with what lies within it: one of the numbers above. */
export function gateOf(view: ViewConditions): Sql {
  return sql`CASE WHEN ${view.expired} THEN ${trusted(String(EXPIRED))}
    WHEN ${view.superseded} THEN ${trusted(String(SUPERSEDED))} ELSE ${trusted(String(SEEN))} END`;
}

function gateIn(row: Row | undefined): number | undefined {
  return row === undefined ? undefined : numeric(row, 'gate');
}
