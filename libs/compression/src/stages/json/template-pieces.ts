/** A piece of a template: text, the column whose value stands there, or the place of the cell's own value. */
export type TemplatePiece = string | { readonly column: number } | { readonly own: true };

/** The inner text of a column's scalars, by row; undefined for what is absent or no scalar. */
export type ColumnText = readonly (string | undefined)[];

/** Shorter values stand in a text by chance. */
export const MIN_REFERENCE = 2;
export const BACKSLASH = 0x5c;

/** The text of one row with the values of other columns in it replaced by their names, longest first. */
export function segments(text: string, row: number, bases: ReadonlyMap<number, ColumnText>): TemplatePiece[] {
  let pieces: TemplatePiece[] = [text];
  const values = [...bases].map(([column, texts]) => ({ column, value: texts[row] ?? '' }));
  values.sort((a, b) => b.value.length - a.value.length || a.column - b.column);
  for (const { column, value } of values) {
    if (value.length < MIN_REFERENCE) continue;
    pieces = pieces.flatMap((piece) => (typeof piece === 'string' ? splitAt(piece, value, column) : [piece]));
  }
  return pieces;
}

function splitAt(text: string, value: string, column: number): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let start = 0;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at)) {
    const end = at + value.length;
    if (!isEdge(text, at) || !isEdge(text, end)) {
      at++;
      continue;
    }
    if (at > start) pieces.push(text.slice(start, at));
    pieces.push({ column });
    start = at = end;
  }
  if (start < text.length) pieces.push(text.slice(start));
  return pieces;
}

/** True where a word or a number begins or ends, and not inside an escape. */
export function isEdge(text: string, at: number): boolean {
  if (text.charCodeAt(at - 1) === BACKSLASH) return false;
  const before = wordPart(text.charCodeAt(at - 1));
  return before === 0 || before !== wordPart(text.charCodeAt(at));
}

/** 1 for digits, 2 for letters, 0 for everything else. */
function wordPart(code: number): number {
  if (code >= 48 && code <= 57) return 1;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? 2 : 0;
}
