import { elementSpans } from '#libs/json-text';
import { Bm25Index, analyse } from '#libs/relevance';
import type { SharedContent } from './entry.js';

/** As many parts as a retrieval by query gives. */
const MAX_PARTS = 20;

/**
 * The parts of a content that share a term with the query, at most 20 of the best, in their own order. The parts of
 * a JSON array are its elements and come back as a JSON array; the parts of any other content are its lines.
 *
 * @example matchingParts('[{"a":"red"},{"a":"blue"}]', 'json', 'red') // { kind: 'json', text: '[{"a":"red"}]' }
 */
export function matchingParts(content: string, kind: SharedContent['kind'], query: string): SharedContent {
  const elements = arrayElements(content);
  if (elements !== null) return { kind, text: `[${best(elements, query).join(',')}]` };
  const lines = content.split('\n');
  // A line of JSON is no JSON, so what matches within an object is given as text.
  return { kind: 'text', text: best(lines, query).join('\n') };
}

function best(parts: readonly string[], query: string): readonly string[] {
  const scores = new Bm25Index(parts.map(analyse)).scores(analyse(query));
  const ranked = parts.map((_, index) => index).filter((index) => (scores[index] ?? 0) > 0);
  ranked.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return ranked
    .slice(0, MAX_PARTS)
    .sort((a, b) => a - b)
    .map((index) => parts[index] ?? '');
}

/** The elements' own texts when the content is a JSON array; null otherwise. */
function arrayElements(content: string): readonly string[] | null {
  if (!content.trimStart().startsWith('[')) return null;
  try {
    JSON.parse(content);
  } catch {
    return null;
  }
  return elementSpans(content).map(({ start, end }) => content.slice(start, end));
}
