import { type JsonNode, stringNode, stringOfLiteral } from '#libs/json-text';
import type { StageContext } from '../stage.js';

/** Strings of fewer tokens are values, not documents. */
const MIN_TOKENS = 200;
/** No text of fewer characters has so many tokens worth saving. */
const MIN_CHARACTERS = 400;
/** What lies deeper is left as it is. */
const MAX_DEPTH = 60;

export interface ShortenedTexts {
  readonly document: JsonNode;
  /** Lines or items of the strings that were shortened, before and after. */
  readonly itemsBefore: number;
  readonly itemsAfter: number;
}

/**
 * Sends the long strings of a document through the router, each as if it stood alone: a log under `stdout`, a page
 * under `text`, JSON inside a string. They carry no markers of their own; the document does.
 * @returns undefined when no string became shorter.
 */
export async function shortenEmbeddedTexts(
  document: JsonNode,
  context: StageContext,
): Promise<ShortenedTexts | undefined> {
  const { config, counter, isLate, route } = context;
  // A scalar has no place for the marker.
  if (config.mode === 'lossless' || (document.kind !== 'array' && document.kind !== 'object'))
    return undefined;
  const inner: StageContext = { ...context, config: { ...config, mode: 'lossy_inline' } };
  const shorter = new Map<string, JsonNode>();
  let itemsBefore = 0;
  let itemsAfter = 0;
  for (const literal of longStrings(document)) {
    if (isLate()) break;
    const text = stringOfLiteral(literal);
    if (counter.countText(text) < MIN_TOKENS) continue;
    const result = await route(text, inner);
    if (typeof result === 'string') continue;
    const node = stringNode(result.text);
    if (node.text.length >= literal.length) continue;
    shorter.set(literal, node);
    itemsBefore += result.itemsBefore;
    itemsAfter += result.itemsAfter;
  }
  if (shorter.size === 0) return undefined;
  return { document: replaced(document, shorter, 0), itemsBefore, itemsAfter };
}

function longStrings(root: JsonNode): Set<string> {
  const found = new Set<string>();
  const visit = (node: JsonNode, depth: number): void => {
    if (node.kind === 'string' && node.text.length >= MIN_CHARACTERS) found.add(node.text);
    if (depth >= MAX_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return;
    for (const child of node.kind === 'array' ? node.items : node.values) visit(child, depth + 1);
  };
  visit(root, 0);
  return found;
}

function replaced(node: JsonNode, texts: ReadonlyMap<string, JsonNode>, depth: number): JsonNode {
  if (node.kind === 'string') return (node.text.length >= MIN_CHARACTERS && texts.get(node.text)) || node;
  if (depth >= MAX_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return node;
  const children = node.kind === 'array' ? node.items : node.values;
  const changed = children.map((child) => replaced(child, texts, depth + 1));
  if (changed.every((child, index) => child === children[index])) return node;
  return node.kind === 'array'
    ? { kind: 'array', items: changed }
    : { kind: 'object', keys: node.keys, values: changed };
}
