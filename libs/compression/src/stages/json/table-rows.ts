import type { JsonArrayNode, JsonNode, JsonObjectNode } from '#libs/json-text';
import { TABLE_KEYS } from './table.js';

/** A column of a table: a cell per row, or one value for all of them. */
interface HeaderColumn {
  readonly path: readonly string[];
  readonly shared?: JsonNode | undefined;
}

/** True for what {@link tableOf} made. */
export function isTable(node: JsonObjectNode): boolean {
  return node.keys[0] === TABLE_KEYS.columns && node.keys.includes(TABLE_KEYS.rows);
}

/** Gives back the array, or with a `_key` column the object, that became the table; cells are decoded by the caller. */
export function rowsOfTable(table: JsonObjectNode, decodeCell: (node: JsonNode) => JsonNode): JsonNode {
  const same = textOf(member(table, TABLE_KEYS.same));
  const none = textOf(member(table, TABLE_KEYS.none));
  const header = itemsOf(member(table, TABLE_KEYS.columns));
  const isKeyed = header[0]?.kind === 'string' && header[0].text === TABLE_KEYS.key;
  const columns = header.slice(isKeyed ? 1 : 0).map(headerColumn);
  const keys: string[] = [];
  const objects: JsonNode[] = [];
  let above: (JsonNode | undefined)[] = [];
  for (const row of itemsOf(member(table, TABLE_KEYS.rows))) {
    if (row.kind === 'object') {
      keys.push(row.keys[0] ?? '""');
      objects.push(decodeCell(isKeyed ? (row.values[0] ?? row) : row));
      above = [];
      continue;
    }
    const cells = [...itemsOf(row)];
    if (isKeyed) keys.push(textOf(cells.shift()) ?? '""');
    const values = cells.map((cell, index) => {
      const text = textOf(cell);
      if (text !== undefined && text === same) return above[index];
      return text !== undefined && text === none ? undefined : decodeCell(cell);
    });
    above = values;
    objects.push(objectOf(columns, values));
  }
  return isKeyed ? { kind: 'object', keys, values: objects } : { kind: 'array', items: objects };
}

function headerColumn(name: JsonNode): HeaderColumn {
  if (name.kind === 'array') return { path: name.items.map((key) => (textOf(key) ?? '""').slice(1, -1)) };
  if (name.kind === 'object') return { path: pathOf(name.keys[0] ?? '""'), shared: name.values[0] };
  return { path: pathOf(name.text) };
}

function pathOf(literal: string): string[] {
  return literal.slice(1, -1).split('.');
}

function objectOf(
  columns: readonly HeaderColumn[],
  cells: readonly (JsonNode | undefined)[],
): JsonObjectNode {
  const root: JsonObjectNode = { kind: 'object', keys: [], values: [] };
  let next = 0;
  for (const { path, shared } of columns) {
    const value = shared ?? cells[next++];
    if (value !== undefined) insert(root, path, value);
  }
  return root;
}

/** Neighbouring columns that begin with the same keys lie in the same nested object. */
function insert(root: JsonObjectNode, path: readonly string[], value: JsonNode): void {
  let object = root;
  for (const [depth, key] of path.entries()) {
    const literal = `"${key}"`;
    if (depth === path.length - 1) {
      object.keys.push(literal);
      object.values.push(value);
      return;
    }
    const last = object.values.at(-1);
    if (last?.kind === 'object' && object.keys.at(-1) === literal) {
      object = last;
      continue;
    }
    const nested: JsonObjectNode = { kind: 'object', keys: [], values: [] };
    object.keys.push(literal);
    object.values.push(nested);
    object = nested;
  }
}

function member(object: JsonObjectNode, key: string): JsonNode | undefined {
  return object.values[object.keys.indexOf(key)];
}

function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  return (node as JsonArrayNode | undefined)?.items ?? [];
}

function textOf(node: JsonNode | undefined): string | undefined {
  return node === undefined || node.kind === 'array' || node.kind === 'object' ? undefined : node.text;
}
