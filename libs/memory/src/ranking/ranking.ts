import type { Outline } from './outline.js';

/** A memory's number, and how well it matches. */
export interface ScoredMemory {
  readonly seq: number;
  readonly score: number;
}

/** The matches of a search in the order of their scores, of equals the newer first. */
export class Ranking {
  readonly #outline: Outline;
  readonly #scores: Float64Array;

  /**
   * @param scores per place of the outline; 0 is no match.
   * @param full what a memory that has all of the query would score.
   */
  constructor(
    outline: Outline,
    scores: Float64Array,
    readonly full: number,
  ) {
    this.#outline = outline;
    this.#scores = scores;
  }

  /** In slices, best first: the first of about `first` matches, which is mostly enough, then all the others. */
  *slices(first: number): Generator<readonly ScoredMemory[]> {
    const sorted = this.#scores.filter((score) => score > 0).sort();
    if (sorted.length === 0) return;
    const bar = sorted[Math.max(0, sorted.length - first)] ?? 0;
    yield this.#between(bar, Number.POSITIVE_INFINITY);
    if (bar > (sorted[0] ?? 0)) yield this.#between(Number.MIN_VALUE, bar);
  }

  #between(least: number, below: number): readonly ScoredMemory[] {
    const found: ScoredMemory[] = [];
    this.#scores.forEach((score, place) => {
      if (score >= least && score < below) found.push({ seq: this.#outline.seq[place] ?? 0, score });
    });
    return found.sort((a, b) => b.score - a.score || b.seq - a.seq);
  }
}
