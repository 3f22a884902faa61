import {
  type JsonNode,
  type JsonObjectNode,
  parseJsonTree,
  writeJsonTree,
  writtenJsonLength,
} from '#libs/json-text';
import { TABLE_KEYS, tableOf } from './table.js';
import { isTable, rowsOfTable } from './table-rows.js';

/** What lies deeper is written as it was: tables pay near the surface, and recursion stays shallow. */
const ENCODE_DEPTH = 60;
/** A level of the document becomes at most three levels of a table. */
const DECODE_DEPTH = 4 * ENCODE_DEPTH;
/** A table must be clearly shorter than what it replaces; the tokens of the whole are counted at the end. */
const WORTHWHILE_LENGTH = 0.9;
const MIN_ROWS = 2;

/** True when a document uses the keys of a table itself; then it is given no tables. */
export function usesTableKeys(text: string): boolean {
  return Object.values(TABLE_KEYS).some((key) => text.includes(key));
}

/**
 * The document with its arrays of objects, and its objects of alike objects, as tables: constant fields hoisted,
 * nested objects as dotted columns, repeated values as ditto. {@link decodeLosslessJson} gives back every literal.
 */
export function withTables(node: JsonNode, depth = 0): JsonNode {
  if (depth > ENCODE_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return node;
  const encodeChild = (child: JsonNode): JsonNode => withTables(child, depth + 1);
  if (node.kind === 'array') {
    const plain: JsonNode = { kind: 'array', items: node.items.map(encodeChild) };
    return shorter(plain, rowObjects(node.items), (rows) => tableOf(rows, encodeChild));
  }
  const plain: JsonNode = { kind: 'object', keys: node.keys, values: node.values.map(encodeChild) };
  return shorter(plain, rowObjects(node.values), (rows) => tableOf(rows, encodeChild, node.keys));
}

function rowObjects(nodes: readonly JsonNode[]): readonly JsonObjectNode[] | undefined {
  if (nodes.length < MIN_ROWS) return undefined;
  const objects = nodes.filter(
    (node): node is JsonObjectNode => node.kind === 'object' && node.keys.length > 0,
  );
  return objects.length === nodes.length ? objects : undefined;
}

function shorter(
  plain: JsonNode,
  rows: readonly JsonObjectNode[] | undefined,
  makeTable: (rows: readonly JsonObjectNode[]) => JsonNode | undefined,
): JsonNode {
  const table = rows && makeTable(rows);
  if (table === undefined) return plain;
  return writtenJsonLength(table) < writtenJsonLength(plain) * WORTHWHILE_LENGTH ? table : plain;
}

/** The inverse of {@link withTables}, as minified text; text that is not JSON comes back as it is. */
export function decodeLosslessJson(text: string): string {
  const tree = parseJsonTree(text);
  return tree === undefined ? text : writeJsonTree(withoutTables(tree, 0));
}

function withoutTables(node: JsonNode, depth: number): JsonNode {
  if (depth > DECODE_DEPTH || (node.kind !== 'array' && node.kind !== 'object')) return node;
  const decodeChild = (child: JsonNode): JsonNode => withoutTables(child, depth + 1);
  if (node.kind === 'array') return { kind: 'array', items: node.items.map(decodeChild) };
  if (isTable(node)) return rowsOfTable(node, decodeChild);
  return { kind: 'object', keys: node.keys, values: node.values.map(decodeChild) };
}
