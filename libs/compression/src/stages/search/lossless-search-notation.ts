/**
 * The first line of the form names what is used of it. Then, per file, its path and its lines:
 *   `12 x`      a hit on line 12; `12,15 x` says the same of two lines (numbers only grow within a file)
 *   `12-x`      a context line; ` x` is the context line after the line above
 *   `12>x`      a hit that begins with what `>` was defined to stand for, above the first file
 *   `:x`, `>x`  hits without a number
 *   `~/b.ts`    a file in the directory of the file above
 *   `|x`        x verbatim;  `"x` the path x, where x would read as something else
 */
export const HEADER_START = '[search hits by file, "7,9 x" = x on lines 7 and 9';
export const GAPS_NOTE = ', -- left out';
export const HEADINGS_NOTE = ', blank lines left out';

export const SYMBOLS = ['>', '=', '&', '%'];
export const SEPARATOR = '--';
export const SAME_DIRECTORY = '~/';

/** A path up to its last separator, with it. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
