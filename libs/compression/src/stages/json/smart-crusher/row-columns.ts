import { type JsonArrayNode, type JsonNode, type JsonObjectNode, stringOfLiteral } from '#libs/json-text';

/** Objects by their keys, arrays by their positions; one level of objects within is looked into. */
export type Row = JsonObjectNode | JsonArrayNode;

/** Columns beyond this many are not looked at; of very many rows, fewer, so that memory stays bounded. */
const MAX_COLUMNS = 200;
const MAX_CELLS = 4_000_000;
/** A column with more distinct values than this tells rows apart. */
const MAX_CATEGORIES = 20;

const KINDS = ['absent', 'literal', 'number', 'string', 'array', 'object'] as const;

/** What one field holds over all rows. */
export class Column {
  /** NaN where a row has no number; undefined when none has one. */
  numbers: Float64Array | undefined;
  /** Characters of its strings, NaN where a row has none. */
  lengths: Float64Array | undefined;
  /** The rows of each distinct value; undefined once they are too many, or a value is no string, flag or null. */
  categories: Map<string, number[]> | undefined = new Map();
  /** Per row, which of {@link KINDS} its value is. */
  private readonly kinds: Uint8Array;
  private readonly counts: number[];

  constructor(
    /** The field, with the one that it lies in: `owner.name`. */
    readonly name: string,
    private readonly rows: number,
  ) {
    this.kinds = new Uint8Array(rows);
    this.counts = KINDS.map((kind) => (kind === 'absent' ? rows : 0));
  }

  add(row: number, cell: JsonNode): void {
    this.noteKind(row, KINDS.indexOf(cell.kind));
    if (cell.kind === 'number') {
      this.numbers ??= new Float64Array(this.rows).fill(Number.NaN);
      this.numbers[row] = Number(cell.text);
    }
    if (cell.kind === 'string') {
      this.lengths ??= new Float64Array(this.rows).fill(Number.NaN);
      this.lengths[row] = lengthOf(cell.text);
    }
    if (this.categories === undefined) return;
    const isCategory = cell.kind === 'string' || cell.kind === 'literal';
    if (!isCategory || !noteCategory(this.categories, cell.text, row)) this.categories = undefined;
  }

  /** The rows without the field where they are at most `most`, and those of each kind of value that is as rare. */
  rareKinds(most: number): number[][] {
    return this.counts.flatMap((count, kind) => (count > 0 && count <= most ? [this.rowsOf(kind)] : []));
  }

  private rowsOf(kind: number): number[] {
    const rows: number[] = [];
    for (let row = this.kinds.indexOf(kind); row >= 0; row = this.kinds.indexOf(kind, row + 1))
      rows.push(row);
    return rows;
  }

  /** A key that an object repeats counts as its last value. */
  private noteKind(row: number, kind: number): void {
    const before = this.kinds[row] ?? 0;
    this.counts[before] = (this.counts[before] ?? 0) - 1;
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.kinds[row] = kind;
  }
}

/** Notes a row under its value. @returns false when the value is one too many. */
export function noteCategory(categories: Map<string, number[]>, value: string, row: number): boolean {
  const rows = categories.get(value);
  if (rows !== undefined) rows.push(row);
  else if (categories.size === MAX_CATEGORIES) return false;
  else categories.set(value, [row]);
  return true;
}

/** The fields of rows in order of first appearance. */
export function columnsOf(rows: readonly Row[]): Column[] {
  return new ColumnReader(rows).read();
}

/** A field with the fields within it; rows mostly have the fields of the row above, in its order. */
class Field {
  column: Column | undefined;
  readonly inner = new Map<string, Field>();
  order: Field[] = [];

  constructor(
    readonly key: string,
    readonly name: string,
  ) {}
}

class ColumnReader {
  private readonly columns: Column[] = [];
  private readonly root = new Field('', '');
  private readonly limit: number;

  constructor(private readonly rows: readonly Row[]) {
    this.limit = Math.min(MAX_COLUMNS, Math.max(1, Math.floor(MAX_CELLS / Math.max(1, rows.length))));
  }

  read(): Column[] {
    for (const [index, row] of this.rows.entries()) this.readRow(this.root, row, index, 0);
    return this.columns;
  }

  private readRow(parent: Field, row: Row, index: number, depth: number): void {
    const cells = row.kind === 'array' ? row.items : row.values;
    for (const [position, cell] of cells.entries()) {
      if (position >= MAX_COLUMNS) return;
      const key = row.kind === 'array' ? `[${String(position)}]` : (row.keys[position] ?? '');
      const field = fieldOf(parent, key, position);
      if (cell.kind === 'object' && depth === 0) this.readRow(field, cell, index, 1);
      else this.columnOf(field)?.add(index, cell);
    }
  }

  private columnOf(field: Field): Column | undefined {
    if (field.column === undefined && this.columns.length < this.limit) {
      field.column = new Column(field.name, this.rows.length);
      this.columns.push(field.column);
    }
    return field.column;
  }
}

function fieldOf(parent: Field, key: string, position: number): Field {
  const usual = parent.order[position];
  if (usual?.key === key) return usual;
  let field = parent.inner.get(key);
  if (field === undefined) {
    field = new Field(key, nameOf(parent, key));
    parent.inner.set(key, field);
  }
  parent.order[position] = field;
  return field;
}

function nameOf(parent: Field, key: string): string {
  const own = key.startsWith('"') ? key.slice(1, -1) : key;
  return parent.name === '' ? own : `${parent.name}.${own}`;
}

function lengthOf(literal: string): number {
  return literal.includes('\\') ? stringOfLiteral(literal).length : literal.length - 2;
}
