import { itemsOf, matchingItems } from '#libs/ccr';
import type { SharedContent } from './entry.js';

/**
 * The parts of a content that match a query, at most 20 of the best, in their own order: as a JSON array where the
 * content is JSON, else as text, one part after the other.
 *
 * @example matchingParts('[{"a":"red"},{"a":"blue"}]', 'json', 'red') // { kind: 'json', text: '[{"a":"red"}]' }
 */
export function matchingParts(content: string, kind: SharedContent['kind'], query: string): SharedContent {
  const items = itemsOf(content);
  const found = [...matchingItems(items, query)].sort((a, b) => a.index - b.index).map(({ text }) => text);
  // JSON lines and a single number are JSON too, and so is an empty array, which has no items.
  const isJson = kind === 'json' || (items.length > 0 && items.every((item) => item.isJson));
  return { kind, text: isJson ? `[${found.join(',')}]` : found.join('\n') };
}
