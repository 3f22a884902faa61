import type { JsonNode, JsonObjectNode } from '#libs/json-text';

/** A column with more distinct values than this, or with a share of distinct values above it, tells rows apart. */
const MAX_CATEGORIES = 20;
const MAX_DISTINCT_SHARE = 0.2;
/** A value is rare in a column when at most this share of the rows has it, or one row alone. */
const RARE_SHARE = 0.01;
/** Rows that are kept for their rare values alone; more would be a second kind of row and no exception. */
export const MAX_RARE_ROWS = 8;
const MAX_COLUMNS = 200;
/** Stands for a field that a row does not have: no JSON literal is empty. */
const ABSENT = '';

/** The rows of each value of a column; undefined once the values are too many to be categories. */
type Categories = Map<string, number[]> | undefined;

/**
 * Positions of rows that stand out by a rare value of a field with few values: the one `"disk full"` among hundreds of
 * `"ok"`, a flag that is set once, a field that one row alone has. Each rare value is shown before any is shown twice.
 */
export function rareRows(rows: readonly JsonObjectNode[]): number[] {
  return rarest(categoriesOf(rows).values(), rows.length);
}

/** The same for an array of strings. */
export function rareTexts(texts: readonly string[]): number[] {
  const categories = new Map<string, number[]>();
  for (const [index, text] of texts.entries()) {
    if (!note(categories, text, index)) return [];
  }
  return rarest([categories], texts.length);
}

function categoriesOf(rows: readonly JsonObjectNode[]): Map<string, Categories> {
  const columns = new Map<string, Categories>();
  for (const [index, row] of rows.entries()) {
    for (const [member, value] of row.values.entries()) {
      const key = row.keys[member] ?? '';
      if (value.kind !== 'object') noteCell(columns, key, value, index);
      else
        for (const [inner, nested] of value.values.entries())
          noteCell(columns, `${key}.${value.keys[inner] ?? ''}`, nested, index);
    }
  }
  return columns;
}

function noteCell(columns: Map<string, Categories>, path: string, node: JsonNode, row: number): void {
  const known = columns.has(path);
  if (!known && columns.size >= MAX_COLUMNS) return;
  const categories = known ? columns.get(path) : new Map<string, number[]>();
  if (categories === undefined && known) return;
  const isCategory = node.kind === 'string' || node.kind === 'literal';
  columns.set(path, isCategory && categories && note(categories, node.text, row) ? categories : undefined);
}

/** @returns false when the value is one too many. */
function note(categories: Map<string, number[]>, value: string, row: number): boolean {
  const rows = categories.get(value);
  if (rows !== undefined) rows.push(row);
  else if (categories.size === MAX_CATEGORIES) return false;
  else categories.set(value, [row]);
  return true;
}

function rarest(columns: Iterable<Categories>, count: number): number[] {
  const most = Math.max(1, Math.floor(count * RARE_SHARE));
  const rare = [...columns]
    .flatMap((categories) => (categories === undefined ? [] : groupsOf(categories, count)))
    .filter((rows) => rows.length <= most)
    .sort((a, b) => a.length - b.length || (a[0] ?? 0) - (b[0] ?? 0));
  const firsts = rare.flatMap((rows) => rows.slice(0, 1));
  const others = rare.flatMap((rows) => rows.slice(1));
  return [...new Set([...firsts, ...others])].slice(0, MAX_RARE_ROWS);
}

/** The rows of each value, those without the field among them; none where the values tell rows apart. */
function groupsOf(categories: Map<string, number[]>, count: number): number[][] {
  const present = [...categories.values()].reduce((sum, { length }) => sum + length, 0);
  const groups = new Map(categories);
  if (present < count) groups.set(ABSENT, absentFrom(categories, count));
  return groups.size <= count * MAX_DISTINCT_SHARE ? [...groups.values()] : [];
}

function absentFrom(categories: Map<string, number[]>, count: number): number[] {
  const present = new Set([...categories.values()].flat());
  return Array.from({ length: count }, (_, row) => row).filter((row) => !present.has(row));
}
