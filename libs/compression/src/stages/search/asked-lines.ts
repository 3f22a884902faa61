import { relevantItems } from '../../query-relevance.js';
import { itemsNamed } from '../../question-names.js';
import type { FoundLine } from './parse-search.js';

/** An identifier of the question that stands in at most this many lines asks for all of them. */
const NAMED_LINES = 10;

/** The lines that a question asks for: those with what it names, then those that it is about, best first. */
export function askedLines(found: readonly FoundLine[], question: string, threshold: number): number[] {
  if (question === '') return [];
  const items = found.map(({ path, text }) => `${path} ${text}`);
  const { named, ranked } = relevantItems(items, question, threshold);
  return [...new Set([...itemsNamed(items, question, NAMED_LINES), ...named, ...ranked])];
}
