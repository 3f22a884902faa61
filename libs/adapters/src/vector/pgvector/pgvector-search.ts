import type { ArmHits, Embedding, MemoryView } from '#libs/memory';
import { viewConditions } from '../../database/memories/memory-view.js';
import { vectorTotals } from '../../database/memories/vector-rows.js';
import type { Unit } from '../../database/unit-of-work.js';
import { nearestInView } from '../hits-in-view.js';
import { NO_HITS, VectorSearch } from '../vector-search.js';
import type { VectorsDescription } from '../vector-search.js';
import { PgvectorCandidates, vectorText } from './pgvector-candidates.js';
import type { PgvectorIndexes } from './pgvector-indexes.js';

/** Of so many vectors of one user an index finds the nearest faster than comparing with all of them. */
const WORTH_AN_INDEX = 20_000;

/** Lets pgvector compare by cosine distance: exactly, and for users with very many vectors through an index. */
export class PgvectorSearch extends VectorSearch {
  constructor(
    private readonly indexes: PgvectorIndexes,
    private readonly worthAnIndex = WORTH_AN_INDEX,
  ) {
    super();
  }

  override async nearest(unit: Unit, view: MemoryView, query: Embedding, limit: number): Promise<ArmHits> {
    const dimensions = query.vector.length;
    const group = { userId: view.scope.userId, model: query.model, dimensions };
    const totals = await vectorTotals(unit, group);
    if (totals === undefined) return NO_HITS;
    const hasIndex = totals.vectors >= this.worthAnIndex && this.indexes.isReady(dimensions);
    const candidates = new PgvectorCandidates(unit, group, query.vector, hasIndex);
    return nearestInView(unit, viewConditions(unit.dialect, unit.tenantId, view), candidates, limit);
  }

  override columns(vector: Float32Array): Readonly<Record<string, string>> {
    return { embedding: vectorText(vector) };
  }

  override describe(): VectorsDescription {
    return { kind: 'pgvector', ...this.indexes.describe() };
  }

  override forget(): Promise<void> {
    // Whatever there is stands in the tables.
    return Promise.resolve();
  }

  override close(): Promise<void> {
    return this.indexes.close();
  }
}
