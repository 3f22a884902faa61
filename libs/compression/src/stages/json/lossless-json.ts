import { type JsonNode, parseJsonTree, writeJsonTree, writtenJsonLength } from '#libs/json-text';
import { withNames, withoutNames } from './shared-objects.js';
import type { CountText } from './table-column.js';
import { TABLE_KEYS } from './table-keys.js';
import { tableOf } from './table.js';
import { isTable, rowsOfTable } from './table-rows.js';

/** What lies deeper is written as it was: tables pay near the surface, and recursion stays shallow. */
const ENCODE_DEPTH = 60;
/** A level of the document becomes at most three levels of a table. */
const DECODE_DEPTH = 4 * ENCODE_DEPTH;
/** A table must be shorter than what it replaces; the tokens of the whole are counted at the end. */
const WORTHWHILE_LENGTH = 0.95;
const MIN_ROWS = 2;
const MANY_ROWS = 500;
/** With fewer objects among its items an array is no table. */
const MIN_OBJECTS = 0.7;

const ANY_TABLE_KEY = new RegExp(Object.values(TABLE_KEYS).join('|'));

/** True when a document uses the keys of a table itself; then it is given no tables. */
export function usesTableKeys(text: string): boolean {
  return ANY_TABLE_KEY.test(text);
}

/** True for what {@link shortestForm} made of a document: written again it would only change. */
export function isShortForm(text: string): boolean {
  const startsWithNames = text.startsWith(`{${TABLE_KEYS.names}:[`);
  return (
    startsWithNames || (text.includes(`${TABLE_KEYS.columns}:[`) && text.includes(`${TABLE_KEYS.rows}:[`))
  );
}

/**
 * The document in its shortest lossless form: as tables, with repeated objects named first where that pays.
 * {@link decodeLosslessJson} gives back every literal. Not for documents that use the keys of a table themselves.
 * @param isLate when true, what has no table yet gets none
 */
export function shortestForm(document: JsonNode, count: CountText, isLate = (): boolean => false): JsonNode {
  const tabled = withTables(document, count, isLate);
  const named = withNames(document);
  if (named === undefined) return tabled;
  const both = withTables(named, count, isLate);
  // Both are of the same kind of text; the tokens of what is chosen are counted at the end.
  return writtenJsonLength(both) < writtenJsonLength(tabled) ? both : tabled;
}

/**
 * The document with its arrays of objects, and its objects of alike objects, as tables: constant fields hoisted,
 * nested objects as dotted columns, repeated values as ditto, values made of others as templates.
 */
export function withTables(
  document: JsonNode,
  count: CountText = estimate,
  isLate: () => boolean = () => false,
): JsonNode {
  // A node is asked for as part of its parent and as a cell of a table, at each level.
  const known = new Map<JsonNode, JsonNode>();
  const encode = (node: JsonNode, depth: number): JsonNode => {
    if (node.kind !== 'array' && node.kind !== 'object') return node;
    let encoded = known.get(node);
    if (encoded === undefined) {
      encoded = depth > ENCODE_DEPTH ? node : encodeContainer(node, depth);
      known.set(node, encoded);
    }
    return encoded;
  };
  const encodeContainer = (node: JsonNode, depth: number): JsonNode => {
    if (node.kind !== 'array' && node.kind !== 'object') return node;
    const encodeChild = (child: JsonNode): JsonNode => encode(child, depth + 1);
    const [items, keys] = node.kind === 'array' ? [node.items, undefined] : [node.values, node.keys];
    const encoded = items.map(encodeChild);
    const plain: JsonNode =
      keys === undefined ? { kind: 'array', items: encoded } : { kind: 'object', keys, values: encoded };
    // The clock costs more than a short list.
    if (!isTabular(items) || (items.length >= MANY_ROWS && isLate())) return plain;
    const table = tableOf(items, encodeChild, count, keys);
    if (table === undefined) return plain;
    return writtenJsonLength(table) < writtenJsonLength(plain) * WORTHWHILE_LENGTH ? table : plain;
  };
  return encode(document, 0);
}

function estimate(text: string): number {
  return text.length / 4;
}

function isTabular(nodes: readonly JsonNode[]): boolean {
  if (nodes.length < MIN_ROWS) return false;
  let objects = 0;
  for (const node of nodes) if (node.kind === 'object') objects++;
  return objects >= Math.max(MIN_ROWS, nodes.length * MIN_OBJECTS);
}

/** The inverse of {@link shortestForm}, as minified text; text that is not JSON comes back as it is. */
export function decodeLosslessJson(text: string): string {
  const tree = parseJsonTree(text);
  return tree === undefined ? text : writeJsonTree(decodeTree(tree));
}

/** The document that stands behind a lossless form. */
export function decodeTree(tree: JsonNode): JsonNode {
  return withoutNames(withoutTables(tree, 0));
}

function withoutTables(node: JsonNode, depth: number): JsonNode {
  if (depth > DECODE_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return node;
  const decodeChild = (child: JsonNode): JsonNode => withoutTables(child, depth + 1);
  if (node.kind === 'array') return { kind: 'array', items: node.items.map(decodeChild) };
  if (isTable(node)) return rowsOfTable(node, decodeChild);
  return { kind: 'object', keys: node.keys, values: node.values.map(decodeChild) };
}
