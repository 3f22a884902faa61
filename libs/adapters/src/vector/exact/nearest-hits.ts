import type { VectorHit } from '../vector-search.js';

/** The best hits of many, without sorting the many. Of equals the newer one comes first. */
export class NearestHits {
  readonly #hits: VectorHit[] = [];

  constructor(private readonly limit: number) {}

  /** Nearest first. */
  get hits(): readonly VectorHit[] {
    return this.#hits;
  }

  offer(seq: number, similarity: number): void {
    const worst = this.#hits.at(-1);
    if (worst !== undefined && this.#hits.length >= this.limit && !isBefore(seq, similarity, worst)) return;
    const place = this.#hits.findLastIndex((hit) => !isBefore(seq, similarity, hit)) + 1;
    this.#hits.splice(place, 0, { seq, similarity });
    if (this.#hits.length > this.limit) this.#hits.pop();
  }
}

function isBefore(seq: number, similarity: number, hit: VectorHit): boolean {
  return similarity > hit.similarity || (similarity === hit.similarity && seq > hit.seq);
}
