const ESCAPE = '\u001b';
/** Colours and cursor moves: CSI sequences, window titles, and what hides text from a console. */
const TERMINAL_CODES = new RegExp(
  `${ESCAPE}(?:\\[8mha:[^${ESCAPE}]{0,2000}${ESCAPE}\\[0m|\\[[0-9;?]{0,32}[A-Za-z]|\\][^\\u0007${ESCAPE}]{0,256}(?:\\u0007|${ESCAPE}\\\\)|[()][A-Z0-9]|[=>])`,
  'g',
);

/** A line as a terminal would show it: without colour codes, and of a line that was written over only the last state. */
export function shownLine(line: string): string {
  let shown = line;
  if (shown.includes(ESCAPE)) shown = shown.replace(TERMINAL_CODES, '');
  if (!shown.includes('\r')) return shown;
  while (shown.endsWith('\r')) shown = shown.slice(0, -1);
  return shown.slice(shown.lastIndexOf('\r') + 1);
}

/** True where lines may have terminal codes, or were written over. */
export function hasTerminalCodes(text: string): boolean {
  return text.includes(ESCAPE) || text.includes('\r');
}
