import type { VectorHit } from '../vector-search.js';

/** The best hits of many, without sorting the many. Of equals the newer one comes first. */
export class NearestHits {
  readonly #hits: VectorHit[] = [];

  constructor(private readonly limit: number) {}

  /** Nearest first. */
  get hits(): readonly VectorHit[] {
    return this.#hits;
  }

  /** What is farther has no place among them. */
  get bar(): number {
    const worst = this.#hits.at(-1);
    return worst === undefined || this.#hits.length < this.limit
      ? Number.NEGATIVE_INFINITY
      : worst.similarity;
  }

  offer(seq: number, similarity: number): void {
    const hit = { seq, similarity };
    const worst = this.#hits.at(-1);
    if (worst !== undefined && this.#hits.length >= this.limit && !isBefore(hit, worst)) return;
    this.#hits.splice(this.#placeOf(hit), 0, hit);
    if (this.#hits.length > this.limit) this.#hits.pop();
  }

  #placeOf(hit: VectorHit): number {
    let low = 0;
    for (let high = this.#hits.length; low < high;) {
      const middle = (low + high) >> 1;
      if (isBefore(hit, this.#hits[middle] as VectorHit)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

export function isBefore(a: VectorHit, b: VectorHit): boolean {
  return a.similarity > b.similarity || (a.similarity === b.similarity && a.seq > b.seq);
}
