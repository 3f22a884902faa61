import type { ArmHits, Embedding, MemoryView } from '#libs/memory';
import { viewConditions } from '../../database/memories/memory-view.js';
import { vectorTotals } from '../../database/memories/vector-rows.js';
import type { VectorGroup, VectorTotals } from '../../database/memories/vector-rows.js';
import type { Unit } from '../../database/unit-of-work.js';
import { nearestInView } from '../hits-in-view.js';
import type { Candidates } from '../hits-in-view.js';
import { vectorsAfter } from '../vector-reads.js';
import { NO_HITS, VectorSearch } from '../vector-search.js';
import type { VectorsDescription } from '../vector-search.js';
import { Ranking } from './ranking.js';
import { VectorCache } from './vector-cache.js';
import { dot, normalise } from './vector.js';

/** Compares the query with every vector of the user: exact, and fast enough for tens of thousands. */
export class ExactVectorSearch extends VectorSearch {
  constructor(protected readonly cache = new VectorCache()) {
    super();
  }

  override async nearest(unit: Unit, view: MemoryView, query: Embedding, limit: number): Promise<ArmHits> {
    const group = { userId: view.scope.userId, model: query.model, dimensions: query.vector.length };
    const totals = await vectorTotals(unit, group);
    if (totals === undefined) return NO_HITS;
    const candidates = await this.rank(unit, group, totals, normalise(query.vector));
    return nearestInView(unit, viewConditions(unit.dialect, unit.tenantId, view), candidates, limit);
  }

  /** @param wanted of length 1. */
  protected async rank(
    unit: Unit,
    group: VectorGroup,
    totals: VectorTotals,
    wanted: Float32Array,
  ): Promise<Candidates> {
    const block = await this.cache.blockOf(unit, group, totals);
    return block === undefined ? rankAsRead(unit, group, wanted) : block.rank(wanted);
  }

  override columns(): Readonly<Record<string, never>> {
    return {};
  }

  override describe(): VectorsDescription {
    return { kind: 'exact' };
  }

  override forget(tenantId: string, userId: string): Promise<void> {
    this.cache.forget(tenantId, userId);
    return Promise.resolve();
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Compares with more vectors than there is room for, without keeping them. */
async function rankAsRead(unit: Unit, group: VectorGroup, wanted: Float32Array): Promise<Ranking> {
  const seqs: number[] = [];
  const similarities: number[] = [];
  for await (const vectors of vectorsAfter(unit, group, 0)) {
    for (const { seq, vector } of vectors) {
      seqs.push(seq);
      similarities.push(dot(wanted, normalise(vector)));
    }
  }
  return new Ranking(Float64Array.from(seqs), Float32Array.from(similarities));
}
