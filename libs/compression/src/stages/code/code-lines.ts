/** Where the line that holds an offset begins. */
export function lineStart(code: string, offset: number): number {
  return offset === 0 ? 0 : code.lastIndexOf('\n', offset - 1) + 1;
}

export function indentAt(code: string, offset: number): string {
  const start = lineStart(code, offset);
  let end = start;
  while (code[end] === ' ' || code[end] === '\t') end++;
  return code.slice(start, end);
}

/** True where nothing but blanks stands before the offset on its line. */
export function isFirstOnLine(code: string, offset: number): boolean {
  return lineStart(code, offset) + indentAt(code, offset).length >= offset;
}

/** Moves an offset back over blanks and line ends, not beyond `least`. */
export function trimBack(code: string, offset: number, least: number): number {
  let end = offset;
  while (end > least && code.charCodeAt(end - 1) <= 32) end--;
  return end;
}

/** Lines of a part that are not blank. */
export function countSolidLines(code: string, start: number, end: number): number {
  let count = 0;
  let isSolid = false;
  for (let at = start; at < end; at++) {
    const character = code.charCodeAt(at);
    if (character === 10) isSolid = false;
    else if (character > 32 && !isSolid) {
      isSolid = true;
      count++;
    }
  }
  return count;
}
