import { type Column, noteCategory } from './row-columns.js';

/** A column with a share of distinct values above this tells rows apart. */
const MAX_DISTINCT_SHARE = 0.2;
/** A value is rare in a column when at most this share of the rows has it, or one row alone. */
const RARE_SHARE = 0.01;
/** Rows that are kept for their rare values alone; more would be a second kind of row and no exception. */
export const MAX_RARE_ROWS = 8;
/**
 * Positions of rows that stand out by a rare value of a field with few values: the one `"disk full"` among hundreds of
 * `"ok"`, a flag that is set once, a field that one row alone has. Each rare value is shown before any is shown twice.
 */
export function rareRows(columns: readonly Column[], rows: number): number[] {
  if (rows * MAX_DISTINCT_SHARE < 2) return [];
  const most = rareCount(rows);
  return rarest(
    columns.flatMap((column) => [...groupsOf(column.categories, rows), ...column.rareKinds(most)]),
    most,
  );
}

/** The same for an array of strings. */
export function rareTexts(texts: readonly string[]): number[] {
  const categories = new Map<string, number[]>();
  for (const [index, text] of texts.entries()) {
    if (!noteCategory(categories, text, index)) return [];
  }
  return rarest(groupsOf(categories, texts.length), rareCount(texts.length));
}

function rareCount(rows: number): number {
  return Math.max(1, Math.floor(rows * RARE_SHARE));
}

/** The rows of each value; none where the values tell rows apart. */
function groupsOf(categories: ReadonlyMap<string, number[]> | undefined, count: number): number[][] {
  if (categories === undefined || categories.size > count * MAX_DISTINCT_SHARE) return [];
  return [...categories.values()];
}

function rarest(groups: readonly number[][], most: number): number[] {
  const rare = groups
    .filter((rows) => rows.length <= most)
    .sort((a, b) => a.length - b.length || (a[0] ?? 0) - (b[0] ?? 0));
  const firsts = rare.flatMap((rows) => rows.slice(0, 1));
  const others = rare.flatMap((rows) => rows.slice(1));
  return [...new Set([...firsts, ...others])].slice(0, MAX_RARE_ROWS);
}
