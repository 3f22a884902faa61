import type { JsonNode, JsonObjectNode } from '#libs/json-text';
import { innerText, scalarText } from './table-column.js';
import { type HeaderColumn, hasCell, headerColumn } from './table-header.js';
import { TABLE_KEYS } from './table-keys.js';
import { orderOfText } from './table-names.js';

type Cells = (JsonNode | undefined)[];

/** True for what `tableOf` made. */
export function isTable(node: JsonObjectNode): boolean {
  return (
    node.keys[0] === TABLE_KEYS.columns &&
    member(node, TABLE_KEYS.columns)?.kind === 'array' &&
    member(node, TABLE_KEYS.rows)?.kind === 'array'
  );
}

/** Gives back the array, or with a `_key` column the object, that became the table; `decodeCell` decodes what lies in it. */
export function rowsOfTable(table: JsonObjectNode, decodeCell: (node: JsonNode) => JsonNode): JsonNode {
  return new TableReader(table, decodeCell).read();
}

class TableReader {
  private readonly columns: readonly HeaderColumn[];
  private readonly byName: ReadonlyMap<string, number>;
  private readonly orders: readonly (readonly number[])[];
  private readonly same: string | undefined;
  private readonly none: string | undefined;
  private readonly keyColumn: number;
  private above: Cells = [];
  private order = 0;

  constructor(
    private readonly table: JsonObjectNode,
    private readonly decodeCell: (node: JsonNode) => JsonNode,
  ) {
    const marks = scalarText(member(table, TABLE_KEYS.fill))?.slice(1, -1);
    this.columns = itemsOf(member(table, TABLE_KEYS.columns)).map((node) => headerColumn(node, marks));
    this.byName = new Map(this.columns.map(({ name }, index) => [name, index]));
    this.same = cellText(member(table, TABLE_KEYS.same));
    this.none = cellText(member(table, TABLE_KEYS.none));
    this.keyColumn = this.columns[0]?.name === TABLE_KEYS.key ? 0 : -1;
    const first = this.keyColumn + 1;
    const others = itemsOf(member(table, TABLE_KEYS.orders)).map((node) =>
      orderOfText(scalarText(node) ?? '""', this.columns.length - first).map((leaf) => leaf + first),
    );
    const own = [...this.columns.keys()].slice(first);
    this.orders = [own, ...others];
  }

  read(): JsonNode {
    const keys: string[] = [];
    const items: JsonNode[] = [];
    for (const row of itemsOf(member(this.table, TABLE_KEYS.rows))) {
      if (row.kind === 'object') {
        items.push(this.decodeCell(row.values[0] ?? row));
        keys.push(scalarText(member(row, TABLE_KEYS.key)) ?? '""');
        continue;
      }
      const values = this.valuesOf(itemsOf(row));
      keys.push(scalarText(values[this.keyColumn]) ?? '""');
      items.push(this.objectOf(values));
    }
    return this.keyColumn < 0 ? { kind: 'array', items } : { kind: 'object', keys, values: items };
  }

  private valuesOf(cells: readonly JsonNode[]): Cells {
    const own: Cells = [];
    let next = 0;
    for (const [index, column] of this.columns.entries()) {
      if (!hasCell(column)) continue;
      const cell = cells[next++];
      const text = cellText(cell);
      if (cell === undefined || (text !== undefined && text === this.none)) own[index] = undefined;
      else if (text !== undefined && text === this.same) own[index] = this.above[index];
      else own[index] = cell;
      this.above[index] = own[index];
    }
    const told = this.toldBy(cells[next]);
    const values: Cells = [];
    for (const index of this.columns.keys()) this.resolve(index, own, told, values, 0);
    return values;
  }

  /** What the closing object of a row tells by name. */
  private toldBy(node: JsonNode | undefined): Map<number, JsonNode | undefined> {
    const told = new Map<number, JsonNode | undefined>();
    if (node?.kind !== 'object') return told;
    for (const [place, key] of node.keys.entries()) {
      const value = node.values[place];
      if (key === TABLE_KEYS.order) this.order = Number(scalarText(value) ?? '0');
      const index = this.byName.get(key);
      if (index === undefined || value === undefined) continue;
      const isNone = this.none !== undefined && cellText(value) === this.none;
      told.set(index, isNone ? undefined : this.decodeCell(value));
      if (this.columns[index]?.kind === 'sticky') this.above[index] = told.get(index);
    }
    return told;
  }

  private resolve(
    index: number,
    own: Cells,
    told: ReadonlyMap<number, JsonNode | undefined>,
    values: Cells,
    depth: number,
  ): JsonNode | undefined {
    if (index in values) return values[index];
    const column = this.columns[index];
    if (column === undefined || depth > this.columns.length) return undefined;
    let value: JsonNode | undefined;
    if (told.has(index)) value = told.get(index);
    else if (column.kind === 'constant') value = column.value && this.decodeCell(column.value);
    else if (column.kind === 'sticky') value = this.above[index];
    else if (column.kind === 'cells') value = own[index] && this.decodeCell(own[index]);
    else if (column.kind === 'template') {
      const text = this.filled(column, index, own, (name) =>
        this.resolve(this.byName.get(name) ?? -1, own, told, values, depth + 1),
      );
      value = text === undefined ? undefined : { kind: 'string', text };
    }
    values[index] = value;
    return value;
  }

  private filled(
    { pieces }: HeaderColumn,
    index: number,
    own: Cells,
    valueOf: (name: string) => JsonNode | undefined,
  ): string | undefined {
    let text = '"';
    for (const [place, piece] of pieces.entries()) {
      const part = place % 2 === 0 ? piece : innerText(piece === '""' ? own[index] : valueOf(piece));
      if (part === undefined) return undefined;
      text += part;
    }
    return `${text}"`;
  }

  private objectOf(values: Cells): JsonObjectNode {
    const root: JsonObjectNode = { kind: 'object', keys: [], values: [] };
    for (const index of this.orders[this.order] ?? []) {
      const value = values[index];
      if (value !== undefined) insert(root, this.columns[index]?.path ?? [], value);
    }
    return root;
  }
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
  return node?.kind === 'array' ? node.items : [];
}

/** The text by which a cell is recognised as "as above" or "no such key". */
function cellText(node: JsonNode | undefined): string | undefined {
  if (node?.kind === 'array') return node.items.length === 0 ? '[]' : undefined;
  if (node?.kind === 'object') return node.keys.length === 0 ? '{}' : undefined;
  return node?.text;
}
