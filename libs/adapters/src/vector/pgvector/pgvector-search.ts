import pgvector from 'pgvector';
import type { Embedding } from '#libs/memory';
import type { ViewConditions } from '../../database/memories/memory-view.js';
import { numeric, text } from '../../database/row.js';
import { sql } from '../../database/sql.js';
import type { Sql } from '../../database/sql.js';
import type { Unit } from '../../database/unit-of-work.js';
import { VectorSearch } from '../vector-search.js';
import type { VectorHits } from '../vector-search.js';

/** Lets pgvector rank by cosine distance. The column has no fixed dimensions, so every statement names the number. */
export class PgvectorSearch extends VectorSearch {
  override async nearest(
    unit: Unit,
    userId: string,
    view: ViewConditions,
    query: Embedding,
    limit: number,
  ): Promise<VectorHits> {
    const wanted = sql`CAST(${vectorText(query.vector)} AS vector)`;
    // A vector without length has no direction: its distance is NaN, and it is like nothing.
    const similarity = sql`COALESCE(NULLIF(1 - (v.embedding <=> ${wanted}), 'NaN'), 0)`;
    const nearest = (columns: Sql, condition: Sql) =>
      unit.all(sql`SELECT ${columns}, ${similarity} AS similarity
        FROM memories m JOIN memory_vectors v ON v.tenant_id = m.tenant_id AND v.memory_id = m.id
        WHERE ${condition} AND v.tenant_id = ${unit.tenantId} AND v.user_id = ${userId} AND v.model = ${query.model}
          AND v.dimensions = ${query.vector.length} AND v.embedding IS NOT NULL
        ORDER BY similarity DESC, m.seq DESC LIMIT ${limit}`);
    const hits = (await nearest(sql`m.seq`, view.seen)).map((row) => ({
      seq: numeric(row, 'seq'),
      similarity: numeric(row, 'similarity'),
    }));
    const bar = hits.at(-1)?.similarity ?? 0;
    const gated = await nearest(
      sql`m.id, CASE WHEN ${view.expired} THEN 2 ELSE 1 END AS gate`,
      sql`${view.within} AND (${view.expired} OR ${view.superseded})`,
    );
    return {
      hits,
      gated: gated
        .filter((row) => numeric(row, 'similarity') >= bar)
        .map((row) => ({ id: text(row, 'id'), gate: numeric(row, 'gate') === 2 ? 'expired' : 'superseded' })),
    };
  }

  override columns(vector: Float32Array): Readonly<Record<string, string>> {
    return { embedding: vectorText(vector) };
  }
}

function vectorText(vector: Float32Array): string {
  return String(pgvector.toSql([...vector]));
}
