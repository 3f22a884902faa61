import { relevantItems } from '../../query-relevance.js';
import { itemsNamed } from '../../question-names.js';
import type { FoundLine } from './parse-search.js';

/** An identifier of the question that stands in at most this many lines asks for all of them. */
const NAMED_LINES = 10;

/** Positions of the lines that a question asks for. */
export interface AskedLines {
  /** Lines with what it names. */
  readonly named: readonly number[];
  /** Lines that it is about, best first. */
  readonly related: readonly number[];
}

export function askedLines(found: readonly FoundLine[], question: string, threshold: number): AskedLines {
  if (question === '') return { named: [], related: [] };
  const items = found.map(({ path, text }) => `${path} ${text}`);
  const { named, ranked } = relevantItems(items, question, threshold);
  return { named: [...itemsNamed(items, question, NAMED_LINES), ...named], related: ranked };
}
