import { DITTO, NAME_SIGN, isDigitCode, isWordCode } from './value-ditto.js';

/** One line as its template's values: what each is, and how it is written below the row above. */
export interface Row {
  readonly values: readonly string[];
  readonly cells: string[];
}

/** Shorter cells are never named: a name is two tokens itself. */
const MIN_CELL_CHARACTERS = 8;
const NAME_TOKENS = 2;
/** The line that tells what a name stands for, but for the value: sign, number, space, line end. */
const DEFINITION_TOKENS = 4;

/**
 * Long values that come again far from their first place, such as the id of a request, get a name: `$1` in the cells
 * and a line `$1 value` before the rows.
 * @returns the defining lines; the cells are changed in place.
 */
export function nameRepeatedValues(rows: readonly (Row | undefined)[]): string[] {
  const savings = new Map<string, number>();
  forEachLongCell(rows, (row, index) => {
    const value = row.values[index] ?? '';
    const before = savings.get(value) ?? -DEFINITION_TOKENS - estimateTokens(value);
    savings.set(value, before + estimateTokens(row.cells[index] ?? '') - NAME_TOKENS);
  });
  const names = new Map<string, string>();
  forEachLongCell(rows, (row, index) => {
    const value = row.values[index] ?? '';
    if ((savings.get(value) ?? 0) <= 0) return;
    const name = names.get(value) ?? NAME_SIGN + String(names.size + 1);
    names.set(value, name);
    row.cells[index] = name;
  });
  return [...names].map(([value, name]) => `${name} ${value}`);
}

function forEachLongCell(rows: readonly (Row | undefined)[], visit: (row: Row, index: number) => void): void {
  for (const row of rows) {
    if (row === undefined) continue;
    for (let index = 0; index < row.cells.length; index++) {
      const cell = row.cells[index] ?? DITTO;
      if (cell.length >= MIN_CELL_CHARACTERS) visit(row, index);
    }
  }
}

/** About how many tokens a value is: digits by threes, letters by fives, every other run as one. */
function estimateTokens(value: string): number {
  let tokens = 0;
  for (let index = 0; index < value.length;) {
    const code = value.charCodeAt(index);
    const isDigit = isDigitCode(code);
    const isWord = isWordCode(code);
    const start = index;
    while (
      index < value.length &&
      isDigitCode(value.charCodeAt(index)) === isDigit &&
      isWordCode(value.charCodeAt(index)) === isWord
    )
      index++;
    tokens += isDigit ? Math.ceil((index - start) / 3) : isWord ? Math.ceil((index - start) / 5) : 1;
  }
  return tokens;
}
