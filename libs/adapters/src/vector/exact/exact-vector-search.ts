import type { Embedding } from '#libs/memory';
import type { ViewConditions } from '../../database/memories/memory-view.js';
import { numeric, text } from '../../database/row.js';
import { listOf, sql } from '../../database/sql.js';
import type { Unit } from '../../database/unit-of-work.js';
import { VectorSearch } from '../vector-search.js';
import type { GatedHit, VectorHit, VectorHits } from '../vector-search.js';
import { numbersIn, VectorCache } from './vector-cache.js';
import { dot, normalise } from './vector.js';

const GATES = { 1: 'superseded', 2: 'expired' } as const;

/** Compares the query with every vector in the view: exact, and fast enough for tens of thousands. */
export class ExactVectorSearch extends VectorSearch {
  readonly #cache = new VectorCache();

  override async nearest(
    unit: Unit,
    userId: string,
    view: ViewConditions,
    query: Embedding,
    limit: number,
  ): Promise<VectorHits> {
    const vectors = await this.#cache.vectorsOf(unit, userId, query);
    if (vectors.size === 0) return { hits: [], gated: [] };
    const groups = await unit.all(sql`SELECT gate, string_agg(CAST(seq AS TEXT), ',') AS numbers FROM (
        SELECT m.seq AS seq, CASE WHEN ${view.expired} THEN 2 WHEN ${view.superseded} THEN 1 ELSE 0 END AS gate
          FROM memories m WHERE ${view.within}) AS candidates
      GROUP BY gate`);
    const wanted = normalise(query.vector);
    const near = (gate: number): VectorHit[] =>
      groups
        .filter((group) => numeric(group, 'gate') === gate)
        .flatMap((group) => numbersIn(text(group, 'numbers')))
        .flatMap((seq) => {
          const vector = vectors.get(seq);
          return vector === undefined ? [] : [{ seq, similarity: dot(wanted, vector) }];
        });
    const hits = near(0)
      .sort((a, b) => b.similarity - a.similarity || b.seq - a.seq)
      .slice(0, limit);
    const bar = hits.at(-1)?.similarity ?? 0;
    const gated = await Promise.all(
      ([1, 2] as const).map((gate) =>
        idsOf(
          unit,
          near(gate)
            .filter((hit) => hit.similarity >= bar)
            .slice(0, limit),
          GATES[gate],
        ),
      ),
    );
    return { hits, gated: gated.flat() };
  }

  override columns(): Readonly<Record<string, never>> {
    return {};
  }
}

async function idsOf(unit: Unit, hits: readonly VectorHit[], gate: GatedHit['gate']): Promise<GatedHit[]> {
  if (hits.length === 0) return [];
  const rows = await unit.all(sql`SELECT m.id FROM memories m
    WHERE m.tenant_id = ${unit.tenantId} AND m.seq IN ${listOf(hits.map((hit) => hit.seq))}`);
  return rows.map((row) => ({ id: text(row, 'id'), gate }));
}
