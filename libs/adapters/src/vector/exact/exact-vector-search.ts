import type { Embedding } from '#libs/memory';
import type { ViewConditions } from '../../database/memories/memory-view.js';
import { bytes, numeric, text } from '../../database/row.js';
import { sql } from '../../database/sql.js';
import type { Unit } from '../../database/unit-of-work.js';
import { VectorSearch } from '../vector-search.js';
import type { GatedHit, VectorHit, VectorHits } from '../vector-search.js';
import { decodeVector, similarity } from './vector.js';

/** Compares the query with every vector in the view: exact, and fast enough for tens of thousands. */
export class ExactVectorSearch extends VectorSearch {
  override async nearest(
    unit: Unit,
    view: ViewConditions,
    query: Embedding,
    limit: number,
  ): Promise<VectorHits> {
    const rows = await unit.all(sql`SELECT m.seq, m.id, v.vector,
        CASE WHEN ${view.expired} THEN 2 WHEN ${view.superseded} THEN 1 ELSE 0 END AS gate
      FROM memories m JOIN memory_vectors v ON v.tenant_id = m.tenant_id AND v.memory_id = m.id
      WHERE ${view.within} AND v.tenant_id = ${unit.tenantId} AND v.model = ${query.model}
        AND v.dimensions = ${query.vector.length}`);
    const hits: VectorHit[] = [];
    const gated: (GatedHit & { readonly similarity: number })[] = [];
    for (const row of rows) {
      const near = similarity(query.vector, decodeVector(bytes(row, 'vector')));
      const gate = numeric(row, 'gate');
      if (gate === 0) hits.push({ seq: numeric(row, 'seq'), similarity: near });
      else gated.push({ id: text(row, 'id'), gate: gate === 1 ? 'superseded' : 'expired', similarity: near });
    }
    hits.sort((a, b) => b.similarity - a.similarity || b.seq - a.seq);
    const best = hits.slice(0, limit);
    const bar = best.at(-1)?.similarity ?? 0;
    return { hits: best, gated: gated.filter((hit) => hit.similarity >= bar) };
  }

  override columns(): Readonly<Record<string, never>> {
    return {};
  }
}
