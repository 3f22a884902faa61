import pgvector from 'pgvector';
import type { VectorGroup } from '../../database/memories/vector-rows.js';
import { numberTable } from '../../database/bound-tables.js';
import { numeric } from '../../database/row.js';
import type { Row } from '../../database/row.js';
import { sql, trusted } from '../../database/sql.js';
import type { Sql } from '../../database/sql.js';
import type { Unit } from '../../database/unit-of-work.js';
import { isBefore } from '../exact/nearest-hits.js';
import type { Candidates } from '../hits-in-view.js';
import type { VectorHit } from '../vector-search.js';

/**
 * An index scan goes on until it has as many rows of the group as are wanted, in the order of their distance, and looks
 * at this many before it gives up.
 */
const ITERATIVE_SCAN = `SET LOCAL hnsw.iterative_scan = strict_order; SET LOCAL hnsw.max_scan_tuples = 100000`;
/** pgvector's own bounds. */
const LEAST_EF = 100;
const MOST_EF = 1_000;

/** The group's vectors by their distance from the query, as pgvector orders them. */
export class PgvectorCandidates implements Candidates {
  readonly isComplete = true;
  readonly #distance: Sql;
  readonly #inGroup: Sql;
  #given = 0;

  constructor(
    private readonly unit: Unit,
    { userId, model, dimensions }: VectorGroup,
    query: Float32Array,
    private readonly hasIndex: boolean,
  ) {
    // The column has no fixed dimensions; written like this, distance and condition are those of an index.
    const type = trusted(`vector(${dimensions})`);
    this.#distance = sql`(CAST(v.embedding AS ${type}) <=> CAST(${vectorText(query)} AS ${type}))`;
    this.#inGroup = sql`v.tenant_id = ${unit.tenantId} AND v.user_id = ${userId} AND v.model = ${model}
      AND v.dimensions = ${trusted(String(dimensions))} AND v.embedding IS NOT NULL`;
  }

  async next(count: number, after?: VectorHit): Promise<readonly VectorHit[]> {
    const wanted = this.#given + count;
    const found = this.hasIndex ? await this.#byIndex(wanted) : undefined;
    const hits = found ?? (await this.#nearest(sql`similarity DESC, v.seq DESC`, wanted));
    this.#given = wanted;
    return after === undefined ? hits : hits.filter((hit) => isBefore(after, hit)).slice(0, count);
  }

  async of(wanted: ReadonlyMap<number, unknown>): Promise<readonly VectorHit[]> {
    const rows = await this.unit.all(sql`SELECT v.seq, ${this.#similarity} AS similarity
      FROM ${numberTable(this.unit.dialect, [...wanted.keys()])}
      JOIN memory_vectors v ON v.seq = x.seq WHERE ${this.#inGroup}`);
    return rows.map(toHit);
  }

  /** Undefined when the index gave up before it had enough. */
  async #byIndex(wanted: number): Promise<readonly VectorHit[] | undefined> {
    const ef = Math.min(Math.max(wanted, LEAST_EF), MOST_EF);
    await this.unit.run(trusted(`${ITERATIVE_SCAN}; SET LOCAL hnsw.ef_search = ${ef}`));
    const hits = await this.#nearest(sql`${this.#distance}`, wanted);
    return hits.length < wanted ? undefined : hits;
  }

  async #nearest(order: Sql, count: number): Promise<readonly VectorHit[]> {
    const rows = await this.unit.all(sql`SELECT v.seq, ${this.#similarity} AS similarity
      FROM memory_vectors v WHERE ${this.#inGroup} ORDER BY ${order} LIMIT ${count}`);
    return rows.map(toHit).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  /** A vector without length has no direction: its distance is NaN, and it is like nothing. */
  get #similarity(): Sql {
    return sql`COALESCE(NULLIF(1 - ${this.#distance}, 'NaN'), 0)`;
  }
}

export function vectorText(vector: Float32Array): string {
  return String(pgvector.toSql([...vector]));
}

function toHit(row: Row): VectorHit {
  return { seq: numeric(row, 'seq'), similarity: numeric(row, 'similarity') };
}
