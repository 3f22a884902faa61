/** The sign for "as above". */
export const DITTO = '^';
/** The sign for "as above but for the last pieces", where the lengths differ. */
const PIECE_DITTO = '~';
/** Begins the name of a value that stands before the rows. */
export const NAME_SIGN = '$';
/** Tokenizers count digits by threes: a number is cut inside only where that saves such a group. */
const DIGIT_GROUP = 3;

/**
 * A value in terms of the one above it: `^` when it is the same; `^39.001` when only its end differs
 * (`16:13:38.811` above, `16:13:39.001` here: the same length); `~10` when its last piece differs in length
 * (`rdd_9` above, `rdd_10` here); else itself. A value that begins with a sign gets a second one.
 */
export function dittoValue(value: string, above: string | undefined): string {
  if (above === value) return DITTO;
  const rest = above === undefined || above === '' || value === '' ? undefined : differingEnd(value, above);
  if (rest !== undefined) return rest;
  return startsWithSign(value) ? DITTO + value : value;
}

function startsWithSign(value: string): boolean {
  return value.startsWith(DITTO) || value.startsWith(PIECE_DITTO) || value.startsWith(NAME_SIGN);
}

function differingEnd(value: string, above: string): string | undefined {
  let same = 0;
  while (same < above.length && value.charCodeAt(same) === above.charCodeAt(same)) same++;
  const start = startOfPiece(value, same);
  if (value.length === above.length) {
    const cut = cutOf(value, start, same);
    const rest = value.slice(cut);
    return cut === 0 || startsWithSign(rest) ? undefined : DITTO + rest;
  }
  if (start === 0 || piecesAfter(value, start) !== piecesAfter(above, start)) return undefined;
  if (isWordCode(above.charCodeAt(start - 1))) return undefined;
  return PIECE_DITTO + value.slice(start);
}

/** Where the end that is written begins: at the piece, or inside it where it is a long number. */
function cutOf(value: string, start: number, same: number): number {
  let end = start;
  while (end < value.length && isDigitCode(value.charCodeAt(end))) end++;
  if (end < value.length && isWordCode(value.charCodeAt(end))) return start;
  const groups = Math.ceil((end - same) / DIGIT_GROUP);
  return groups > 0 && groups < Math.ceil((end - start) / DIGIT_GROUP) ? end - groups * DIGIT_GROUP : start;
}

function startOfPiece(value: string, at: number): number {
  let start = Math.min(at, value.length);
  while (start > 0 && isWordCode(value.charCodeAt(start - 1))) start--;
  return start;
}

/** How many pieces a value has from a place on: runs of letters and digits, and what parts them. */
function piecesAfter(value: string, start: number): number {
  let pieces = 0;
  let inWord: boolean | undefined;
  for (let index = start; index < value.length; index++) {
    const isWord = isWordCode(value.charCodeAt(index));
    if (isWord !== inWord) pieces++;
    inWord = isWord;
  }
  return pieces;
}

/** Where the last `count` pieces of a value begin. */
function startOfLastPieces(value: string, count: number): number {
  let pieces = 0;
  let inWord: boolean | undefined;
  for (let index = value.length - 1; index >= 0; index--) {
    const isWord = isWordCode(value.charCodeAt(index));
    if (isWord !== inWord && ++pieces > count) return index + 1;
    inWord = isWord;
  }
  return 0;
}

export function isDigitCode(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** ASCII letters and digits. */
export function isWordCode(code: number): boolean {
  return isDigitCode(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** Piece, separator, piece, …: runs of letters and digits and what parts them; begins and ends with a piece. */
export function piecesOf(value: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  let isWord = true;
  for (let index = 0; index < value.length; index++) {
    if (isWordCode(value.charCodeAt(index)) === isWord) continue;
    pieces.push(value.slice(start, index));
    start = index;
    isWord = !isWord;
  }
  pieces.push(value.slice(start));
  if (!isWord) pieces.push('');
  return pieces;
}

/** The inverse of {@link dittoValue}. */
export function undittoValue(cell: string, above = ''): string {
  if (cell === DITTO) return above;
  const rest = cell.slice(1);
  if (cell.startsWith(DITTO)) {
    return startsWithSign(rest) ? rest : above.slice(0, Math.max(0, above.length - rest.length)) + rest;
  }
  if (!cell.startsWith(PIECE_DITTO)) return cell;
  return above.slice(0, startOfLastPieces(above, piecesAfter(rest, 0))) + rest;
}
