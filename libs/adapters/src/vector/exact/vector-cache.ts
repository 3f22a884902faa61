import type { Embedding } from '#libs/memory';
import { LRUCache } from 'lru-cache';
import { bytes, numbersIn, numeric, text } from '../../database/row.js';
import { listOf, sql } from '../../database/sql.js';
import type { Unit } from '../../database/unit-of-work.js';
import { decodeVector, normalise } from './vector.js';

/** Bytes of vectors kept in the process: 40,000 of 384 dimensions. */
const CAPACITY = 64 * 1024 * 1024;
const ROWS_PER_STATEMENT = 2_000;

/** A user's vectors of one model, each of length 1, by the memory's number. */
export type Vectors = ReadonlyMap<number, Float32Array>;

/**
 * Keeps the vectors of the users searched last. A memory's content never changes, so neither does its vector: whatever
 * is here is right, what is new is read, and what was erased goes with the next search.
 */
export class VectorCache {
  readonly #users = new LRUCache<string, Map<number, Float32Array>>({
    maxSize: CAPACITY,
    sizeCalculation: (vectors) => [...vectors.values()].reduce((sum, { byteLength }) => sum + byteLength, 1),
  });

  async vectorsOf(unit: Unit, userId: string, { model, vector }: Embedding): Promise<Vectors> {
    const key = JSON.stringify([unit.tenantId, userId, model, vector.length]);
    const kept = this.#users.get(key);
    const stored = await this.#storedNumbers(unit, userId, model, vector.length);
    const missing = stored.filter((seq) => kept?.has(seq) !== true);
    if (kept !== undefined && missing.length === 0 && kept.size === stored.length) return kept;
    const current = new Map<number, Float32Array>();
    for (const seq of stored) {
      const known = kept?.get(seq);
      if (known !== undefined) current.set(seq, known);
    }
    for (let start = 0; start < missing.length; start += ROWS_PER_STATEMENT) {
      const some = missing.slice(start, start + ROWS_PER_STATEMENT);
      const rows = await unit.all(sql`SELECT seq, vector FROM memory_vectors
        WHERE tenant_id = ${unit.tenantId} AND user_id = ${userId} AND model = ${model}
          AND dimensions = ${vector.length} AND seq IN ${listOf(some)}`);
      for (const row of rows) current.set(numeric(row, 'seq'), normalise(decodeVector(bytes(row, 'vector'))));
    }
    this.#users.set(key, current);
    return current;
  }

  async #storedNumbers(unit: Unit, userId: string, model: string, dimensions: number): Promise<number[]> {
    const row = await unit.first(sql`SELECT COALESCE(string_agg(CAST(seq AS TEXT), ','), '') AS numbers
      FROM memory_vectors WHERE tenant_id = ${unit.tenantId} AND user_id = ${userId} AND model = ${model}
        AND dimensions = ${dimensions}`);
    return row === undefined ? [] : numbersIn(text(row, 'numbers'));
  }
}
