import type { Embedding } from '#libs/memory';
import { encodeVector } from '../../vector/exact/vector.js';
import type { VectorSearch } from '../../vector/vector-search.js';
import { inChunks } from '../chunks.js';
import { insertRecords } from '../insert-row.js';
import { joinSql, listOf, sql, trusted } from '../sql.js';
import type { SqlValue } from '../sql.js';
import type { Unit } from '../unit-of-work.js';

const VECTORS_PER_STATEMENT = 100;
const KEY: ReadonlySet<string> = new Set(['tenant_id', 'memory_id', 'model']);

/** A vector and the memory that it belongs to. */
export interface VectorToSave {
  readonly id: string;
  readonly seq: number;
  readonly userId: string;
  readonly embedding: Embedding;
}

/** Stores vectors, each in the place of the memory's earlier one, of whatever model: a memory has one vector at most. */
export async function saveVectors(
  unit: Unit,
  vectors: VectorSearch,
  toSave: readonly VectorToSave[],
): Promise<void> {
  for (const some of inChunks(toSave, VECTORS_PER_STATEMENT)) {
    const rows = some.map(({ id, seq, userId, embedding }): Record<string, SqlValue> => ({
      tenant_id: unit.tenantId,
      memory_id: id,
      seq,
      user_id: userId,
      model: embedding.model,
      dimensions: embedding.vector.length,
      vector: encodeVector(embedding.vector),
      ...vectors.columns(embedding.vector),
    }));
    for (const model of new Set(some.map(({ embedding }) => embedding.model))) {
      const ids = some.filter(({ embedding }) => embedding.model === model).map(({ id }) => id);
      await unit.run(sql`DELETE FROM memory_vectors
        WHERE tenant_id = ${unit.tenantId} AND memory_id IN ${listOf(ids)} AND model <> ${model}`);
    }
    const replaced = Object.keys(rows[0] ?? {})
      .filter((column) => !KEY.has(column))
      .map((column) => trusted(`${column} = excluded.${column}`));
    await unit.run(sql`${insertRecords('memory_vectors', rows)}
      ON CONFLICT (tenant_id, memory_id, model) DO UPDATE SET ${joinSql(replaced, ', ')}`);
  }
}
