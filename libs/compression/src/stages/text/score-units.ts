import { analyse, Bm25Index } from '#libs/relevance';
import type { Unit } from './split-units.js';

/** The user's question counts most, what stands beside its answer next; then what cannot be guessed, and the place. */
const RELEVANCE = 1;
const NEXT = 0.4;
const SECOND_NEXT = 0.24;
const NEEDLES = 0.15;
const POSITION = 0.1;
/** What the whole text is about tells little where a question tells more. */
const CENTRALITY = 0.1;
const CENTRALITY_UNASKED = 0.5;
/** So many needles make a unit as rich as one can be. */
const MANY_NEEDLES = 3;
const QUERY_CHARACTERS = 2000;
/** The words of a very long unit are those of its beginning. */
const ANALYSED_CHARACTERS = 2000;
/** A shorter unit is not more central for its lack of words. */
const LEAST_TERMS = 8;

export interface ScoredUnits {
  /** Per unit; comparable within one text. */
  readonly scores: Float64Array;
  /** Per unit its match with the query as a share of the best one; all 0 where nothing matches. */
  readonly relevance: Float64Array;
}

/** Scores units by BM25 against the query, centrality (Radev et al. 2004, centroid of tf × idf), needles and place. */
export function scoreUnits(
  units: readonly Unit[],
  needles: readonly number[],
  query: string,
  isLate: () => boolean,
): ScoredUnits | undefined {
  const terms: string[][] = [];
  for (const { text } of units) {
    if (isLate()) return undefined;
    terms.push(analyse(text.slice(0, ANALYSED_CHARACTERS)));
  }
  const index = new Bm25Index(terms);
  const relevance = scaled(index.scores(analyse(query.slice(0, QUERY_CHARACTERS))));
  const central = centrality(terms, index);
  const isAsked = relevance.some((value) => value > 0);
  const centralWeight = isAsked ? CENTRALITY : CENTRALITY_UNASKED;
  const scores = new Float64Array(units.length);
  for (const [at, unit] of units.entries()) {
    const own = relevance[at] ?? 0;
    scores[at] =
      RELEVANCE * own +
      besides(relevance, at) +
      centralWeight * (central[at] ?? 0) +
      NEEDLES * Math.min(1, (needles[at] ?? 0) / MANY_NEEDLES) +
      POSITION * placeOf(units, at, unit);
  }
  return { scores, relevance };
}

function besides(relevance: Float64Array, at: number): number {
  const next = Math.max(relevance[at - 1] ?? 0, relevance[at + 1] ?? 0);
  const second = Math.max(relevance[at - 2] ?? 0, relevance[at + 2] ?? 0);
  return Math.max(NEXT * next, SECOND_NEXT * second);
}

/** The first words of a section tell what it is about; the last of a text, what came of it. */
function placeOf(units: readonly Unit[], at: number, unit: Unit): number {
  const above = units[at - 1];
  if (above === undefined || above.section !== unit.section || above.kind === 'heading') return 1;
  if (at === units.length - 1) return 0.8;
  return above.block === unit.block ? 0 : 0.4;
}

function centrality(terms: readonly (readonly string[])[], index: Bm25Index): Float64Array {
  const sums = index.sharedTermSums((units) => Math.log(1 + units) * index.rarity(units));
  return scaled(sums.map((sum, at) => sum / Math.sqrt(Math.max(terms[at]?.length ?? 0, LEAST_TERMS))));
}

function scaled(values: Float64Array): Float64Array {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  return most === 0 ? values : values.map((value) => value / most);
}
