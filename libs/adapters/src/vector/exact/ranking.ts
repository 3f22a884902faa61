import type { Candidates } from '../hits-in-view.js';
import type { VectorHit } from '../vector-search.js';
import { isBefore, NearestHits } from './nearest-hits.js';

/** Memories by their similarity to one query: nearest first, of equals the newer. */
export class Ranking implements Candidates {
  readonly isComplete = true;

  constructor(
    /** The memories' numbers, and the similarity of each at the same place. */
    private readonly seqs: Float64Array,
    private readonly similarities: Float32Array,
  ) {}

  get size(): number {
    return this.seqs.length;
  }

  /** The next ones after a hit; the very first ones without it. */
  next(count: number, after?: VectorHit): readonly VectorHit[] {
    const nearest = new NearestHits(count);
    // Almost all are farther than the worst one kept; that test is all that most of them cost.
    let bar = Number.NEGATIVE_INFINITY;
    const { seqs, similarities } = this;
    for (let place = 0; place < seqs.length; place++) {
      const similarity = similarities[place] as number;
      if (similarity < bar) continue;
      const seq = seqs[place] as number;
      if (after !== undefined && !isBefore(after, { seq, similarity })) continue;
      nearest.offer(seq, similarity);
      bar = nearest.bar;
    }
    return nearest.hits;
  }

  /** The similarity of each of some memories, in no order; without those that have no vector. */
  of(wanted: ReadonlyMap<number, unknown>): VectorHit[] {
    const hits: VectorHit[] = [];
    this.seqs.forEach((seq, place) => {
      if (wanted.has(seq)) hits.push({ seq, similarity: this.similarities[place] as number });
    });
    return hits;
  }
}
