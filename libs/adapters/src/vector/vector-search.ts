import type { ArmHits, Embedding, MemoryView } from '#libs/memory';
import type { SqlValue } from '../database/sql.js';
import type { Unit } from '../database/unit-of-work.js';

/** A memory's number and its cosine similarity to the query. */
export interface VectorHit {
  readonly seq: number;
  readonly similarity: number;
}

/** What compares vectors, for an operator to see. */
export interface VectorsDescription {
  readonly kind: 'exact' | 'hnsw' | 'pgvector';
  /** What stands in the way of an index, or how many there are in which state. */
  readonly [detail: string]: string | number;
}

export const NO_HITS: ArmHits = { hits: [], suppressed: { superseded: [], expired: [] } };

/** Where vectors are compared: in this process, or in PostgreSQL by pgvector. */
export abstract class VectorSearch {
  /** What the view sees, nearest first and of equals the newer; held back is what is as near as the last of them. */
  abstract nearest(unit: Unit, view: MemoryView, query: Embedding, limit: number): Promise<ArmHits>;

  /** The columns beside `vector` that this search needs, to be written with it. */
  abstract columns(vector: Float32Array): Readonly<Record<string, SqlValue>>;

  abstract describe(): VectorsDescription;

  /** After vectors were erased: drops what is kept of them outside the tables. */
  abstract forget(tenantId: string, userId: string): Promise<void>;

  /** Ends what runs in the background. */
  abstract close(): Promise<void>;
}
