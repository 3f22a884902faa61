import type { JsonNode } from '#libs/json-text';

/** The keys of a table and of named values; a document that uses one of them itself is given neither. */
export const TABLE_KEYS = {
  columns: '"_cols"',
  orders: '"_orders"',
  fill: '"_fill"',
  same: '"_same"',
  none: '"_none"',
  rows: '"_rows"',
  key: '"_key"',
  order: '"_order"',
  item: '"_item"',
  names: '"_names"',
  document: '"_doc"',
} as const;

const EMPTY_ARRAY: JsonNode = { kind: 'array', items: [] };
const EMPTY_OBJECT: JsonNode = { kind: 'object', keys: [], values: [] };

/** Cells for "as above" and "no such key", of one token each, in order of preference. */
export const DITTO_CELLS: readonly JsonNode[] = [{ kind: 'string', text: '""' }, EMPTY_ARRAY, EMPTY_OBJECT];
export const ABSENT_CELLS: readonly JsonNode[] = [
  { kind: 'literal', text: 'null' },
  EMPTY_OBJECT,
  EMPTY_ARRAY,
];

/** What can stand around the name of a column in a template. */
export const TEMPLATE_MARKS: readonly (readonly [string, string])[] = [
  ['<', '>'],
  ['{', '}'],
  ['[', ']'],
  ['«', '»'],
];
