import type { JsonNode } from '#libs/json-text';
import { flattenRows } from './column-tree.js';
import type { CountText, RawColumn } from './table-column.js';
import { TABLE_KEYS } from './table-keys.js';
import { columnName, orderText } from './table-names.js';
import { TableWriter } from './table-writer.js';

/** With more rows that stay as they are there is no table. */
const MAX_STRANGERS = 0.3;

/**
 * Rows as a table: `{"_cols":["id",{"type":"User"},"owner.name"],"_same":"","_rows":[[1,"ada"],[2,""]]}`. A column
 * given as an object has that one value; `_fill` names the marks around what is filled into such a value: `<login>`
 * is the row's value of the column login, `<>` its own cell. A name with `?` is of a column that most rows lack, one
 * with `^` of one that goes on as in the row above. What is otherwise stands by name in the object that closes a row.
 * `_same` and `_none` name the cells for "as in the row above" and "no such key". With `keys`, the rows are the
 * members of an object and the first column, `_key`, is the key.
 * @returns undefined when too few items are rows.
 */
export function tableOf(
  items: readonly JsonNode[],
  encodeCell: (node: JsonNode) => JsonNode,
  count: CountText,
  keys?: readonly string[],
): JsonNode | undefined {
  const objects = items.map((item) => (item.kind === 'object' ? item : undefined));
  const flat = flattenRows(objects);
  if (flat === undefined) return undefined;
  const isRow = flat.rows.map((row) => row !== null);
  const strangers = isRow.filter((is) => !is).length;
  if (strangers > items.length * MAX_STRANGERS) return undefined;
  const columns: RawColumn[] = [];
  if (keys !== undefined) {
    const cells = keys.map((text, row): JsonNode | undefined =>
      isRow[row] ? { kind: 'string', text } : undefined,
    );
    columns.push({ name: TABLE_KEYS.key, cells, isRow });
  }
  for (const [leaf, path] of flat.paths.entries()) {
    const name = columnName(path);
    if (name === undefined) return undefined;
    columns.push({ name, cells: flat.rows.map((row) => row?.[leaf]), isRow });
  }
  if (columns.length === 0) return undefined;
  const table = new TableWriter(columns, count).write(
    encodeCell,
    (row) => flat.orderOf[row] ?? 0,
    (row) => strangerRow(items[row], keys?.[row], encodeCell),
  );
  if (flat.orders.length > 1) {
    const orders = flat.orders
      .slice(1)
      .map((order): JsonNode => ({ kind: 'string', text: orderText(order) }));
    table.keys.splice(1, 0, TABLE_KEYS.orders);
    table.values.splice(1, 0, { kind: 'array', items: orders });
  }
  return table;
}

/** An item that is no row stands in an object, with its key where rows have one. */
function strangerRow(
  item: JsonNode | undefined,
  key: string | undefined,
  encodeCell: (node: JsonNode) => JsonNode,
): JsonNode {
  const values: JsonNode[] = item === undefined ? [] : [encodeCell(item)];
  if (key === undefined) return { kind: 'object', keys: [TABLE_KEYS.item], values };
  values.push({ kind: 'string', text: key });
  return { kind: 'object', keys: [TABLE_KEYS.item, TABLE_KEYS.key], values };
}
