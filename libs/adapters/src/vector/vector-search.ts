import type { Embedding } from '#libs/memory';
import type { ViewConditions } from '../database/memories/memory-view.js';
import type { SqlValue } from '../database/sql.js';
import type { Unit } from '../database/unit-of-work.js';

/** A memory and its cosine similarity to the query. */
export interface VectorHit {
  readonly seq: number;
  readonly similarity: number;
}

/** A memory that the view gates out although it is nearer than the last hit. */
export interface GatedHit {
  readonly id: string;
  readonly gate: 'superseded' | 'expired';
}

export interface VectorHits {
  /** Nearest first. */
  readonly hits: readonly VectorHit[];
  readonly gated: readonly GatedHit[];
}

/** Where vectors are compared: in this process, or in PostgreSQL by pgvector. */
export abstract class VectorSearch {
  abstract nearest(
    unit: Unit,
    userId: string,
    view: ViewConditions,
    query: Embedding,
    limit: number,
  ): Promise<VectorHits>;

  /** The columns beside `vector` that this search needs, to be written with it. */
  abstract columns(vector: Float32Array): Readonly<Record<string, SqlValue>>;
}
