import type { JsonNode, JsonObjectNode } from '#libs/json-text';

/** How deep a main array is looked for, as in `{"data": {"result": {"items": […]}}}`. */
const MAX_DEPTH = 4;
/** So many objects with the same keys under different keys are rows under their ids. */
const MIN_MAPPED = 3;

/** What a document is made of: the objects of its longest array or map, or the document itself. */
export interface Rows {
  readonly shape: 'rows' | 'object' | 'list';
  readonly rows: readonly JsonObjectNode[];
}

export function rowsOf(document: JsonNode, depth = 0): Rows {
  if (document.kind === 'array') {
    const rows = document.items.filter(isObject);
    return { shape: rows.length > 0 ? 'rows' : 'list', rows };
  }
  if (document.kind !== 'object') return { shape: 'list', rows: [] };
  const mapped = mappedRows(document);
  if (mapped !== undefined) return { shape: 'rows', rows: mapped };
  if (depth < MAX_DEPTH) {
    const inner = document.values
      .map((value) => rowsOf(value, depth + 1))
      .filter(({ shape }) => shape === 'rows')
      .reduce<Rows | undefined>(
        (a, b) => (a === undefined || b.rows.length > a.rows.length ? b : a),
        undefined,
      );
    if (inner !== undefined) return inner;
  }
  return { shape: 'object', rows: [document] };
}

/** `{"HAT001": {…}, "HAT002": {…}}`: the members all have the keys of the first. */
function mappedRows({ values }: JsonObjectNode): readonly JsonObjectNode[] | undefined {
  if (values.length < MIN_MAPPED || !values.every(isObject)) return undefined;
  const rows = values as readonly JsonObjectNode[];
  const keys = keysOf(rows[0]);
  return keys !== '' && rows.every((row) => keysOf(row) === keys) ? rows : undefined;
}

function keysOf(row: JsonObjectNode | undefined): string {
  return [...(row?.keys ?? [])].sort().join();
}

function isObject(node: JsonNode): node is JsonObjectNode {
  return node.kind === 'object';
}
