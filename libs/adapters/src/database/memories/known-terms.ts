import { joinPostings, type Outline, postingsAt, postingsWithin, type TermPostings } from '#libs/memory';
import type { Unit } from '../unit-of-work.js';
import { placesOfTerms, termKey } from './term-index.js';

interface KnownTerm {
  readonly postings: TermPostings;
  /** The number up to which they are known. */
  readonly upTo: number;
}

/** Per memory of the user, so that what is remembered of terms stays in proportion. */
const MOST_PLACES_PER_MEMORY = 8;
const LEAST_PLACES = 10_000;
const UNKNOWN: KnownTerm = {
  postings: { places: new Int32Array(), frequencies: new Int32Array() },
  upTo: 0,
};

/** Where the terms of one user's memories stand that were asked for before; what came since is read with the question. */
export class KnownTerms {
  readonly #terms = new Map<string, KnownTerm>();
  #places = 0;

  constructor(private readonly owner: number) {}

  /**
   * @param upTo the number of the newest memory that the unit sees.
   * @returns the postings of those terms that stand anywhere in the outline.
   */
  async postingsOf(
    unit: Unit,
    outline: Outline,
    upTo: number,
    terms: readonly string[],
  ): Promise<readonly TermPostings[]> {
    this.#makeRoom(outline.size);
    const keys = [...new Set(terms.map(termKey))].sort();
    const known = new Map(keys.map((key) => [key, this.#terms.get(key) ?? UNKNOWN]));
    const behind = keys
      .map((term) => ({ term, seq: known.get(term)?.upTo ?? 0 }))
      .filter(({ seq }) => seq < upTo);
    const later = await placesOfTerms(unit, this.owner, behind);
    for (const { term } of behind) {
      const { seqs = [], frequencies = [] } = later.get(term) ?? {};
      const before = known.get(term) ?? UNKNOWN;
      const postings = joinPostings(before.postings, postingsAt(outline, seqs, frequencies));
      known.set(term, { postings, upTo });
      this.#remember(term, before, { postings, upTo });
    }
    return [...known.values()]
      .map(({ postings }) => postingsWithin(outline, postings))
      .filter(({ places }) => places.length > 0);
  }

  /** Unless another search was quicker. */
  #remember(term: string, before: KnownTerm, now: KnownTerm): void {
    if ((this.#terms.get(term)?.upTo ?? 0) > before.upTo) return;
    this.#places += now.postings.places.length - before.postings.places.length;
    this.#terms.set(term, now);
  }

  #makeRoom(memories: number): void {
    if (this.#places <= Math.max(LEAST_PLACES, memories * MOST_PLACES_PER_MEMORY)) return;
    this.#terms.clear();
    this.#places = 0;
  }
}
