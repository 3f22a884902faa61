import { Bm25Index, analyse } from '#libs/relevance';

/** Items that share no term with the query are never analysed; of the others at most this many by default. */
const MAX_ANALYSED = 200;
const ANALYSED_CHARACTERS = 2000;
/** An identifier of the query that stands in at most this many items names them. */
const NAMED_ITEMS = 3;

/** Which items a query asks for. */
export interface Relevance {
  /** Items that hold an identifier of the query which few others hold. */
  readonly named: readonly number[];
  /** Items at or above the threshold, best first. */
  readonly ranked: readonly number[];
  /** Scores as parts of the best score, of all items that share a term with the query. */
  readonly shares: ReadonlyMap<number, number>;
}

const NOTHING: Relevance = { named: [], ranked: [], shares: new Map() };

/**
 * Scores items by BM25 against the query, as parts of the best score; `threshold` is between 0 and 1. Of the items that
 * share terms with it, the `analysed` that share the rarest are looked at closely.
 */
export function relevantItems(
  items: readonly string[],
  query: string,
  threshold: number,
  analysed = MAX_ANALYSED,
): Relevance {
  const asked = query.slice(0, ANALYSED_CHARACTERS);
  const terms = [...new Set(analyse(asked))];
  if (terms.length === 0) return NOTHING;
  const haystack = new Haystack(items);
  const matches = new Float64Array(items.length);
  for (const term of terms) {
    const holders = haystack.holdersOf(term);
    // A term of most items tells none of them apart.
    if (holders.length * 2 > items.length) continue;
    for (const index of holders) matches[index] = (matches[index] ?? 0) + 1 / holders.length;
  }
  const candidates: number[] = [];
  for (const [index, match] of matches.entries()) if (match > 0) candidates.push(index);
  candidates.sort((a, b) => (matches[b] ?? 0) - (matches[a] ?? 0) || a - b);
  const shares = sharesOf(items, candidates.slice(0, analysed), terms);
  return { named: namedItems(haystack, asked), ranked: rankedFrom(shares, threshold), shares };
}

/** All items as one text in lower case: a term is looked for once, not once per item. */
class Haystack {
  private readonly text: string;
  private readonly ends: number[] = [];

  constructor(items: readonly string[]) {
    const parts: string[] = [];
    let end = 0;
    for (const item of items) {
      const part = item.slice(0, ANALYSED_CHARACTERS).toLowerCase();
      parts.push(part);
      end += part.length + 1;
      this.ends.push(end);
    }
    this.text = parts.join('\n');
  }

  /** The items that hold a term, which has no line break in it, ascending. */
  holdersOf(term: string): number[] {
    const holders: number[] = [];
    let item = 0;
    for (let at = this.text.indexOf(term); at >= 0; at = this.text.indexOf(term, this.ends[item])) {
      while ((this.ends[item] ?? Number.POSITIVE_INFINITY) <= at) item++;
      holders.push(item);
    }
    return holders;
  }
}

function sharesOf(
  items: readonly string[],
  candidates: readonly number[],
  terms: readonly string[],
): Map<number, number> {
  if (candidates.length === 0) return new Map();
  const index = new Bm25Index(
    candidates.map((candidate) => analyse((items[candidate] ?? '').slice(0, ANALYSED_CHARACTERS))),
  );
  const scores = index.scores(terms);
  const best = scores.reduce((highest, score) => Math.max(highest, score), 0);
  if (best <= 0) return new Map();
  return new Map(candidates.map((candidate, position) => [candidate, (scores[position] ?? 0) / best]));
}

/** The items at or above the threshold, best first; of equals the first. */
export function rankedFrom(scores: ReadonlyMap<number, number>, threshold: number): number[] {
  return [...scores]
    .filter(([, score]) => score > 0 && score >= threshold)
    .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || a - b)
    .map(([item]) => item);
}

/** Words of the query with a digit, such as an order number or a version. */
function namedItems(haystack: Haystack, query: string): number[] {
  const identifiers = (query.match(/[\p{L}\p{N}_.@#-]{3,}/gu) ?? [])
    .map((word) => word.replace(/[.-]+$/, '').toLowerCase())
    .filter((word) => /\p{N}/u.test(word) && word.length >= 3);
  const named: number[] = [];
  for (const identifier of new Set(identifiers)) {
    const holders = haystack.holdersOf(identifier);
    if (holders.length <= NAMED_ITEMS) named.push(...holders);
  }
  return named;
}
