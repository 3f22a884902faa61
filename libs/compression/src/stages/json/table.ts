import { type JsonNode, type JsonObjectNode, type JsonScalar, writeJsonTree } from '#libs/json-text';
import { type Column, flattenRows } from './column-tree.js';

/** The keys that make an object a table; a document that uses one of them itself is never given a table. */
export const TABLE_KEYS = {
  columns: '"_cols"',
  same: '"_same"',
  none: '"_none"',
  rows: '"_rows"',
  key: '"_key"',
};

/** Cells for "as above" and "no such key": the cheapest that is not a value of the table itself. */
const DITTO = { kind: 'string', text: '""' } as const;
const ABSENT = { kind: 'literal', text: 'null' } as const;
/** Shorter literals cost no more than the ditto would. */
const DITTO_MIN_LENGTH = 5;

/** One value that all rows share, or one cell per row. */
type Cells = readonly (JsonNode | undefined)[];

/**
 * Rows as a table: `{"_cols":["id",{"type":"User"},"owner.name"],"_same":"","_rows":[[1,"ada"],[2,""]]}`. A column
 * given as an object has that one value in every row; `_same` and `_none` name the cells for "as in the row above"
 * and "no such key". A row whose keys come in another order stays an object. With `keys`, the rows are the members of an object and the first column, `_key`, is the key.
 * @returns undefined when too few rows fit one order of columns.
 */
export function tableOf(
  objects: readonly JsonObjectNode[],
  encodeCell: (node: JsonNode) => JsonNode,
  keys?: readonly string[],
): JsonNode | undefined {
  const flat = flattenRows(objects);
  if (flat === undefined) return undefined;
  const strangers = objects.map((object, row) => (flat.rows[row] === null ? encodeCell(object) : undefined));
  const columns: Cells[] = [];
  const header: JsonNode[] = [];
  if (keys !== undefined) {
    header.push({ kind: 'string', text: TABLE_KEYS.key });
    columns.push(keys.map((text) => ({ kind: 'string', text })));
  }
  for (const leaf of flat.leaves) {
    const cells = flat.rows.map((row) => row?.[leaf.leaf]);
    // A column of strangers alone is no column of the table.
    if (!cells.some((cell) => cell !== undefined)) continue;
    const shared = sharedValue(cells.filter((_, row) => flat.rows[row] !== null));
    const name = columnName(leaf);
    if (shared !== undefined && name.kind === 'string') {
      header.push({ kind: 'object', keys: [name.text], values: [shared] });
      continue;
    }
    header.push(name);
    columns.push(cells.map((cell) => cell && encodeCell(cell)));
  }
  return assemble(header, columns, strangers, keys);
}

/** `owner.name`; a path with a dot inside one of its keys is spelled as the list of its keys. */
function columnName(column: Column): JsonNode {
  if (column.path.some((key) => key.includes('.'))) {
    return { kind: 'array', items: column.path.map((key) => ({ kind: 'string', text: `"${key}"` })) };
  }
  return { kind: 'string', text: `"${column.path.join('.')}"` };
}

function sharedValue(cells: Cells): JsonNode | undefined {
  const first = cells[0];
  if (first === undefined) return undefined;
  const text = literalOf(first);
  if (text === undefined) return undefined;
  return cells.every((cell) => cell !== undefined && literalOf(cell) === text) ? first : undefined;
}

/** The text by which cells are compared; undefined for those that are never compared. */
function literalOf(node: JsonNode): string | undefined {
  if (node.kind === 'object') return node.keys.length === 0 ? '{}' : undefined;
  if (node.kind !== 'array') return node.text;
  if (node.items.length > 8 || node.items.some((item) => item.kind === 'array' || item.kind === 'object')) {
    return undefined;
  }
  return writeJsonTree(node);
}

function assemble(
  header: JsonNode[],
  columns: readonly Cells[],
  strangers: Cells,
  keys: readonly string[] | undefined,
): JsonNode {
  const used = usedLiterals(columns);
  const dittoCell = unusedCell(DITTO, '^', used);
  const noneCell = unusedCell(ABSENT, '-', used);
  let dittos = false;
  let absences = false;
  const rows: JsonNode[] = [];
  const above = new Array<string | undefined>(columns.length).fill(undefined);
  for (const [row, stranger] of strangers.entries()) {
    if (stranger !== undefined) {
      rows.push(strangerRow(stranger, keys?.[row]));
      above.fill(undefined);
      continue;
    }
    const items: JsonNode[] = [];
    for (const [column, cells] of columns.entries()) {
      const cell = cells[row];
      if (cell === undefined) {
        absences = true;
        above[column] = undefined;
        items.push(noneCell);
        continue;
      }
      const literal = literalOf(cell);
      if (literal !== undefined && literal === above[column] && literal.length >= DITTO_MIN_LENGTH) {
        dittos = true;
        items.push(dittoCell);
        continue;
      }
      above[column] = literal;
      items.push(cell);
    }
    rows.push({ kind: 'array', items });
  }
  const table: JsonObjectNode = { kind: 'object', keys: [], values: [] };
  const put = (key: string, value: JsonNode): void => {
    table.keys.push(key);
    table.values.push(value);
  };
  put(TABLE_KEYS.columns, { kind: 'array', items: header });
  if (dittos) put(TABLE_KEYS.same, dittoCell);
  if (absences) put(TABLE_KEYS.none, noneCell);
  put(TABLE_KEYS.rows, { kind: 'array', items: rows });
  return table;
}

/** A row that fits no column order stands as the object it is, in an object with its key where rows have one. */
function strangerRow(object: JsonNode, key: string | undefined): JsonNode {
  return key === undefined ? object : { kind: 'object', keys: [key], values: [object] };
}

function unusedCell(preferred: JsonScalar, mark: string, used: ReadonlySet<string>): JsonScalar {
  let cell = preferred;
  for (let length = 1; used.has(cell.text); length++)
    cell = { kind: 'string', text: `"${mark.repeat(length)}"` };
  return cell;
}

function usedLiterals(columns: readonly Cells[]): Set<string> {
  const used = new Set<string>();
  for (const cells of columns) {
    for (const cell of cells) {
      if (cell !== undefined && cell.kind !== 'array' && cell.kind !== 'object') used.add(cell.text);
    }
  }
  return used;
}
