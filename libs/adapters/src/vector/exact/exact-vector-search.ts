import type { Embedding } from '#libs/memory';
import type { ViewConditions } from '../../database/memories/memory-view.js';
import { numbersIn, text } from '../../database/row.js';
import { listOf, sql } from '../../database/sql.js';
import type { Unit } from '../../database/unit-of-work.js';
import { VectorSearch } from '../vector-search.js';
import type { GatedHit, VectorHit, VectorHits } from '../vector-search.js';
import { VectorCache } from './vector-cache.js';
import { NearestHits } from './nearest-hits.js';
import { dot, normalise } from './vector.js';

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
    const wanted = normalise(query.vector);
    const nearest = [new NearestHits(limit), new NearestHits(limit), new NearestHits(limit)] as const;
    for (const candidate of await this.#candidates(unit, view)) {
      const seq = Math.floor(candidate / 4);
      const vector = vectors.get(seq);
      if (vector !== undefined) nearest[candidate % 4]?.offer(seq, dot(wanted, vector));
    }
    const [seen, superseded, expired] = nearest;
    const bar = seen.hits.at(-1)?.similarity ?? 0;
    const above = ({ hits }: NearestHits) => hits.filter((hit) => hit.similarity >= bar);
    const gated = [
      ...(await idsOf(unit, above(superseded), 'superseded')),
      ...(await idsOf(unit, above(expired), 'expired')),
    ];
    return { hits: seen.hits, gated };
  }

  /** The numbers of all memories within the view, each times four plus its gate: 0 seen, 1 superseded, 2 expired. */
  async #candidates(unit: Unit, view: ViewConditions): Promise<number[]> {
    const row = await unit.first(sql`SELECT COALESCE(string_agg(CAST(m.seq * 4
        + CASE WHEN ${view.expired} THEN 2 WHEN ${view.superseded} THEN 1 ELSE 0 END AS TEXT), ','), '') AS numbers
      FROM memories m WHERE ${view.within}`);
    return row === undefined ? [] : numbersIn(text(row, 'numbers'));
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
