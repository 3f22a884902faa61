import type { VectorGroup } from '../../database/memories/vector-rows.js';
import type { Unit } from '../../database/unit-of-work.js';
import { isBefore } from '../exact/nearest-hits.js';
import { dot, normalise } from '../exact/vector.js';
import type { Candidates } from '../hits-in-view.js';
import { newestVectors, vectorsOf } from '../vector-reads.js';
import type { VectorHit } from '../vector-search.js';
import type { HnswIndex } from './hnsw-index.js';

/** To read and compare so many vectors takes tens of milliseconds. */
export const MOST_COMPARED = 5_000;

/** What an index finds, together with the newest of what came after it was brought up to date. */
export class HnswCandidates implements Candidates {
  readonly isComplete = false;
  #given = 0;

  private constructor(
    private readonly unit: Unit,
    private readonly group: VectorGroup,
    private readonly index: HnswIndex,
    private readonly wanted: Float32Array,
    /** By memory: these were written later, so that what the index says of them does not hold. */
    private readonly newer: ReadonlyMap<number, VectorHit>,
  ) {}

  /** @param revision that the index has reached at least. @param wanted of length 1. */
  static async open(
    unit: Unit,
    group: VectorGroup,
    index: HnswIndex,
    revision: number,
    wanted: Float32Array,
  ): Promise<HnswCandidates> {
    const newer = new Map<number, VectorHit>();
    for await (const vectors of newestVectors(unit, group, revision, MOST_COMPARED)) {
      for (const { seq, vector } of vectors) newer.set(seq, hit(seq, vector, wanted));
    }
    return new HnswCandidates(unit, group, index, wanted, newer);
  }

  async next(count: number, after?: VectorHit): Promise<readonly VectorHit[]> {
    this.#given += count;
    const found = await this.index.search(this.wanted, this.#given + this.newer.size);
    return [...found.filter(({ seq }) => !this.newer.has(seq)), ...this.newer.values()]
      .sort((a, b) => (isBefore(a, b) ? -1 : 1))
      .filter((each) => after === undefined || isBefore(after, each))
      .slice(0, count);
  }

  async of(wanted: ReadonlyMap<number, unknown>): Promise<readonly VectorHit[]> {
    const hits: VectorHit[] = [];
    for await (const vectors of vectorsOf(this.unit, this.group, [...wanted.keys()])) {
      for (const { seq, vector } of vectors) hits.push(hit(seq, vector, this.wanted));
    }
    return hits;
  }
}

function hit(seq: number, vector: Float32Array, wanted: Float32Array): VectorHit {
  return { seq, similarity: Math.fround(dot(wanted, normalise(vector))) };
}
