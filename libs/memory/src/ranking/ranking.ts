/** A memory's number, and how well it matches. */
export interface ScoredMemory {
  readonly seq: number;
  readonly score: number;
}

/** The matches of a search in the order of their scores, of equals the newer first. */
export class Ranking {
  readonly #seqs: Float64Array;
  readonly #scores: Float64Array;

  /**
   * @param seqs the numbers of what matched, each once.
   * @param scores how well, above 0.
   * @param full what a memory that has all of the query would score.
   */
  constructor(
    seqs: Float64Array,
    scores: Float64Array,
    readonly full: number,
  ) {
    this.#seqs = seqs;
    this.#scores = scores;
  }

  /** In slices, best first: about the first `first` matches, which is mostly enough, then all the others. */
  *slices(first: number): Generator<readonly ScoredMemory[]> {
    const sorted = this.#scores.slice().sort();
    if (sorted.length === 0) return;
    const bar = sorted[Math.max(0, sorted.length - first)] ?? 0;
    yield this.#between(bar, Number.POSITIVE_INFINITY);
    if (bar > (sorted[0] ?? 0)) yield this.#between(0, bar);
  }

  #between(least: number, below: number): readonly ScoredMemory[] {
    const found: ScoredMemory[] = [];
    for (let i = 0; i < this.#scores.length; i++) {
      const score = this.#scores[i] ?? 0;
      if (score >= least && score < below) found.push({ seq: this.#seqs[i] ?? 0, score });
    }
    return found.sort((a, b) => b.score - a.score || b.seq - a.seq);
  }
}
