import type { JsonNode, JsonObjectNode } from '#libs/json-text';

/** Nested objects become dotted columns down to this depth; deeper ones stay whole in their cell. */
const FLATTEN_DEPTH = 5;
/** Wider rows are no table: most of their cells would be empty. */
const MAX_COLUMNS = 1000;
/** Nested objects that fill less of their columns are maps; a map stays whole in its cell. */
const MIN_FILL = 0.2;
/** Rows may order their keys in this many ways; a row that needs yet another stays as it is. */
const MAX_ORDERS = 32;

/** One key of the rows, or of an object nested in them; a leaf where some row has a value rather than an object. */
interface Column {
  /** Key literals without their quotes, from the row down. */
  readonly path: readonly string[];
  readonly byKey: Map<string, Column>;
  children: Column[];
  isLeaf: boolean;
  /** In how many rows the key stands, and in how many as an object with keys. */
  present: number;
  nested: number;
  /** Position among the leaves, in document order. */
  leaf: number;
}

export interface FlatRows {
  /** Per leaf: the keys that lead to it, as literals without quotes. */
  readonly paths: readonly (readonly string[])[];
  /** Per row: its cells by leaf, undefined where it has no such key; null for a row in none of the orders. */
  readonly rows: readonly (readonly (JsonNode | undefined)[] | null)[];
  /** The ways in which rows order their leaves; the first is that of the columns. */
  readonly orders: readonly (readonly number[])[];
  /** Per row the number of its order. */
  readonly orderOf: readonly number[];
}

/**
 * Flattens objects into rows over common columns, with the order of each row's keys.
 * @returns undefined when a row repeats a key or when there are too many columns.
 */
export function flattenRows(objects: readonly (JsonObjectNode | undefined)[]): FlatRows | undefined {
  const root = newColumn([]);
  for (const object of objects) if (object !== undefined && !grow(root, object)) return undefined;
  settle(root);
  const leaves: Column[] = [];
  collectLeaves(root, leaves);
  if (leaves.length > MAX_COLUMNS) return undefined;
  const orders = new RowOrders(leaves.length);
  const orderOf: number[] = [];
  const rows = objects.map((object) => {
    const order: number[] = [];
    const row = new Array<JsonNode | undefined>(leaves.length).fill(undefined);
    if (object !== undefined) fill(root, object, row, order);
    const number = object === undefined ? undefined : orders.numberFor(order);
    orderOf.push(number ?? 0);
    return number === undefined ? null : row;
  });
  return { paths: leaves.map(({ path }) => path), rows, orders: orders.all, orderOf };
}

function newColumn(path: readonly string[]): Column {
  return { path, byKey: new Map(), children: [], isLeaf: false, present: 0, nested: 0, leaf: -1 };
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
    column.present++;
    const value = object.values[index];
    if (value?.kind === 'object' && value.keys.length > 0 && column.path.length < FLATTEN_DEPTH) {
      column.nested++;
      if (!grow(column, value)) return false;
    } else column.isLeaf = true;
  }
  return true;
}

/** Makes a leaf of every column whose objects are maps rather than records. */
function settle(column: Column): void {
  let filled = 0;
  for (const child of column.children) {
    filled += child.present;
    settle(child);
  }
  const isRoot = column.path.length === 0;
  if (isRoot || filled >= column.children.length * column.nested * MIN_FILL) return;
  column.children = [];
  column.byKey.clear();
  column.nested = 0;
  column.isLeaf = true;
}

function collectLeaves(column: Column, leaves: Column[]): void {
  if (column.isLeaf) {
    column.leaf = leaves.length;
    leaves.push(column);
  }
  for (const child of column.children) collectLeaves(child, leaves);
}

/** Puts an object's values into the row and its leaves, in the order in which they stand, into `order`. */
function fill(parent: Column, object: JsonObjectNode, row: (JsonNode | undefined)[], order: number[]): void {
  for (const [index, key] of object.keys.entries()) {
    const column = parent.byKey.get(key);
    const value = object.values[index];
    if (column === undefined || value === undefined) continue;
    if (value.kind === 'object' && value.keys.length > 0 && column.nested > 0) {
      fill(column, value, row, order);
      continue;
    }
    row[column.leaf] = value;
    order.push(column.leaf);
  }
}

/** The orders of leaves seen so far; one that contradicts none of a known order is merged into it. */
class RowOrders {
  readonly all: number[][];
  private readonly places: number[][];
  private latest = 0;

  constructor(leaves: number) {
    this.all = [Array.from({ length: leaves }, (_, leaf) => leaf)];
    this.places = [Array.from({ length: leaves }, (_, leaf) => leaf)];
  }

  /** @returns undefined when there are too many orders already. */
  numberFor(order: readonly number[]): number | undefined {
    const candidates = [this.latest, ...this.all.keys()];
    const known = candidates.find((number) => this.agrees(number, order));
    if (known !== undefined) this.latest = known;
    else {
      if (this.all.length > MAX_ORDERS) return undefined;
      this.latest = this.all.push([]) - 1;
      this.places.push([]);
    }
    this.merge(this.latest, order);
    return this.latest;
  }

  private agrees(number: number, order: readonly number[]): boolean {
    const places = this.places[number] ?? [];
    let last = -1;
    for (const leaf of order) {
      const place = places[leaf];
      if (place === undefined) continue;
      if (place < last) return false;
      last = place;
    }
    return true;
  }

  private merge(number: number, order: readonly number[]): void {
    const places = this.places[number] ?? [];
    if (order.every((leaf) => places[leaf] !== undefined)) return;
    const merged = this.all[number] ?? [];
    const result: number[] = [];
    let next = 0;
    for (const leaf of order) {
      const place = places[leaf];
      // Leaves of the known order that this row does not have keep their place before the next one that it has.
      if (place !== undefined) while (next <= place) result.push(merged[next++] ?? leaf);
      else result.push(leaf);
    }
    result.push(...merged.slice(next));
    this.all[number] = result;
    for (const [place, leaf] of result.entries()) places[leaf] = place;
  }
}
