import type { JsonNode, JsonObjectNode } from '#libs/json-text';

/** Nested objects become dotted columns down to this depth; deeper ones stay whole in their cell. */
const FLATTEN_DEPTH = 5;
/** Wider rows are no table: most of their cells would be empty. */
const MAX_COLUMNS = 1000;
/** With more rows of another key order there is no common order. */
const MAX_STRANGERS = 0.5;

/** One key of the rows, or of an object nested in them; a leaf where some row has a value rather than an object. */
export interface Column {
  /** Key literals without their quotes, from the row down. */
  readonly path: readonly string[];
  readonly children: Column[];
  readonly byKey: Map<string, Column>;
  isLeaf: boolean;
  /** Position among the leaves, in document order. */
  leaf: number;
}

export interface FlatRows {
  readonly leaves: readonly Column[];
  /**
   * Per row: its cells by leaf position, undefined where the row has no such key; null for a row whose keys come in
   * another order.
   */
  readonly rows: readonly (readonly (JsonNode | undefined)[] | null)[];
}

/**
 * Flattens objects into rows over common columns. A row's key order must agree with the columns' order, or it could
 * not be given back exactly.
 * @returns undefined when too many rows do not agree, when a row repeats a key, or when there are too many columns.
 */
export function flattenRows(objects: readonly JsonObjectNode[]): FlatRows | undefined {
  const root = newColumn([]);
  for (const object of objects) if (!grow(root, object)) return undefined;
  const leaves: Column[] = [];
  collectLeaves(root, leaves);
  const rows = objects.map((object) => {
    const row = new Array<JsonNode | undefined>(leaves.length).fill(undefined);
    return fill(root, object, row, -1) === undefined ? null : row;
  });
  const strangers = rows.filter((row) => row === null).length;
  return strangers > objects.length * MAX_STRANGERS ? undefined : { leaves, rows };
}

function newColumn(path: readonly string[]): Column {
  return { path, children: [], byKey: new Map(), isLeaf: false, leaf: -1 };
}

/** Adds the object's keys, each new one right after the key that precedes it in this object. */
function grow(parent: Column, object: JsonObjectNode): boolean {
  if (object.keys.length > MAX_COLUMNS || new Set(object.keys).size !== object.keys.length) return false;
  let position = 0;
  for (const [index, key] of object.keys.entries()) {
    if (parent.children.length > MAX_COLUMNS) return false;
    let column = parent.byKey.get(key);
    if (column === undefined) {
      column = newColumn([...parent.path, key.slice(1, -1)]);
      parent.byKey.set(key, column);
      parent.children.splice(position, 0, column);
      position++;
    } else if (parent.children[position] === column) position++;
    else position = parent.children.indexOf(column) + 1;
    const value = object.values[index];
    if (value !== undefined && isNested(value, column)) {
      if (!grow(column, value)) return false;
    } else column.isLeaf = true;
  }
  return true;
}

function isNested(value: JsonNode, column: Column): value is JsonObjectNode {
  return value.kind === 'object' && value.keys.length > 0 && column.path.length < FLATTEN_DEPTH;
}

function collectLeaves(column: Column, leaves: Column[]): void {
  if (column.isLeaf) {
    column.leaf = leaves.length;
    leaves.push(column);
  }
  for (const child of column.children) collectLeaves(child, leaves);
}

/** @returns the position of the last leaf filled, or undefined when a key comes before its predecessor's column. */
function fill(
  parent: Column,
  object: JsonObjectNode,
  row: (JsonNode | undefined)[],
  last: number,
): number | undefined {
  for (const [index, key] of object.keys.entries()) {
    const column = parent.byKey.get(key);
    const value = object.values[index];
    if (column === undefined || value === undefined) return undefined;
    if (isNested(value, column)) {
      const end = fill(column, value, row, last);
      if (end === undefined) return undefined;
      last = end;
      continue;
    }
    if (column.leaf <= last) return undefined;
    row[column.leaf] = value;
    last = column.leaf;
  }
  return last;
}
