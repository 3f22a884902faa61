import { Bm25Index, analyse } from '#libs/relevance';

/** Items that share no term with the query are never analysed; of the others at most this many. */
const MAX_ANALYSED = 300;
const ANALYSED_CHARACTERS = 2000;
/** An identifier of the query that stands in at most this many items names them. */
const NAMED_ITEMS = 3;

/** Which items a query asks for. */
export interface Relevance {
  /** Items that hold an identifier of the query which few others hold. */
  readonly named: readonly number[];
  /** Items at or above the threshold, best first. */
  readonly ranked: readonly number[];
}

/** Scores items by BM25 against the query, as parts of the best score; `threshold` is between 0 and 1. */
export function relevantItems(items: readonly string[], query: string, threshold: number): Relevance {
  const terms = [...new Set(analyse(query.slice(0, ANALYSED_CHARACTERS)))];
  if (terms.length === 0) return { named: [], ranked: [] };
  const lower = items.map((item) => item.slice(0, ANALYSED_CHARACTERS).toLowerCase());
  const matches = new Float64Array(items.length);
  for (const term of terms) {
    const holders = lower.flatMap((item, index) => (item.includes(term) ? [index] : []));
    // A term of most items tells none of them apart.
    if (holders.length * 2 > items.length) continue;
    for (const index of holders) matches[index] = (matches[index] ?? 0) + 1 / holders.length;
  }
  const candidates = [...matches.keys()]
    .filter((index) => (matches[index] ?? 0) > 0)
    .sort((a, b) => (matches[b] ?? 0) - (matches[a] ?? 0) || a - b)
    .slice(0, MAX_ANALYSED);
  return { named: namedItems(lower, query), ranked: rank(lower, candidates, terms, threshold) };
}

function rank(
  items: readonly string[],
  candidates: readonly number[],
  terms: readonly string[],
  threshold: number,
): number[] {
  if (candidates.length === 0) return [];
  const index = new Bm25Index(candidates.map((candidate) => analyse(items[candidate] ?? '')));
  const scores = index.scores(terms);
  const best = scores.reduce((highest, score) => Math.max(highest, score), 0);
  if (best <= 0) return [];
  return [...candidates.keys()]
    .filter((position) => (scores[position] ?? 0) / best >= threshold)
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
    .flatMap((position) => candidates[position] ?? []);
}

/** Words of the query with a digit, such as an order number or a version. */
function namedItems(items: readonly string[], query: string): number[] {
  const identifiers = (query.slice(0, ANALYSED_CHARACTERS).match(/[\p{L}\p{N}_.@#-]{3,}/gu) ?? [])
    .map((word) => word.replace(/[.-]+$/, '').toLowerCase())
    .filter((word) => /\p{N}/u.test(word) && word.length >= 3);
  const named: number[] = [];
  for (const identifier of new Set(identifiers)) {
    const holders = items.flatMap((item, index) => (item.includes(identifier) ? [index] : []));
    if (holders.length <= NAMED_ITEMS) named.push(...holders);
  }
  return named;
}
