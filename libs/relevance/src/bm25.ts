import { analyse } from './analyse.js';

/** Usual values: how soon repetitions stop counting, and how much long documents are held back. */
const K1 = 1.2;
const B = 0.75;

/**
 * Ranks documents, given as terms, for a query: BM25 with the non-negative inverse document frequency
 * ln(1 + (N − n + 0.5) / (n + 0.5)). Source: Robertson & Zaragoza, "The Probabilistic Relevance Framework" (2009);
 * the logarithm's form is Lucene's.
 */
export class Bm25Index {
  /** Term → document, frequency, document, frequency …, documents ascending. */
  private readonly postings = new Map<string, number[]>();
  /** Per document `K1 × (1 − B + B × length / average length)`. */
  private readonly lengthNorms: Float64Array;

  /** @param lengths of the documents in words, where only those of their terms are given that will be asked for. */
  constructor(
    documents: readonly (readonly string[])[],
    lengths: readonly number[] = documents.map((terms) => terms.length),
  ) {
    documents.forEach((terms, document) => {
      for (const term of terms) this.add(term, document);
    });
    const totalLength = lengths.reduce((sum, length) => sum + length, 0);
    const averageLength = Math.max(totalLength / Math.max(documents.length, 1), 1);
    this.lengthNorms = Float64Array.from(lengths, (length) => K1 * (1 - B + (B * length) / averageLength));
  }

  get size(): number {
    return this.lengthNorms.length;
  }

  /** One score per document, 0 where no term of the query occurs; a term repeated in the query counts once. */
  scores(query: readonly string[]): Float64Array {
    const scores = new Float64Array(this.size);
    for (const term of new Set(query)) {
      const postings = this.postings.get(term);
      if (postings === undefined) continue;
      const weight = this.inverseDocumentFrequency(term) * (K1 + 1);
      for (let i = 0; i < postings.length; i += 2) {
        const document = postings[i] ?? 0;
        const frequency = postings[i + 1] ?? 0;
        const norm = this.lengthNorms[document] ?? K1;
        scores[document] = (scores[document] ?? 0) + (weight * frequency) / (frequency + norm);
      }
    }
    return scores;
  }

  /** 0 for a term that no document has. */
  inverseDocumentFrequency(term: string): number {
    return this.rarity((this.postings.get(term)?.length ?? 0) / 2);
  }

  /** The inverse document frequency of a term that so many documents have. */
  rarity(matching: number): number {
    return matching === 0 ? 0 : Math.log(1 + (this.size - matching + 0.5) / (matching + 0.5));
  }

  /**
   * Per document the sum of what each of its terms weighs that another document has too, by the number of documents
   * that have it; a repeated term counts once.
   */
  sharedTermSums(weightOf: (documents: number) => number): Float64Array {
    const sums = new Float64Array(this.size);
    for (const postings of this.postings.values()) {
      if (postings.length <= 2) continue;
      const weight = weightOf(postings.length / 2);
      for (let i = 0; i < postings.length; i += 2) {
        const document = postings[i] ?? 0;
        sums[document] = (sums[document] ?? 0) + weight;
      }
    }
    return sums;
  }

  private add(term: string, document: number): void {
    const postings = this.postings.get(term);
    if (postings === undefined) this.postings.set(term, [document, 1]);
    else if (postings[postings.length - 2] === document)
      postings[postings.length - 1] = (postings.at(-1) ?? 0) + 1;
    else postings.push(document, 1);
  }
}

/** What a query of terms found in half of all documents is worth; terms more common than that tell little. */
const LEAST_FULL_SCORE = Math.LN2;

/**
 * Scores texts between 0 and 1, comparable over queries: 1 means that a text of average length has every term of the
 * query that any text has. Terms which all texts have, and so tell none apart, are worth next to nothing.
 */
export class Bm25Scorer {
  private readonly index: Bm25Index;

  constructor(texts: readonly string[]) {
    this.index = new Bm25Index(texts.map(analyse));
  }

  score(query: string): Float64Array {
    const terms = [...new Set(analyse(query))];
    const full = terms.reduce((sum, term) => sum + this.index.inverseDocumentFrequency(term), 0);
    const divisor = Math.max(full, LEAST_FULL_SCORE);
    return this.index.scores(terms).map((score) => Math.min(1, score / divisor));
  }
}
