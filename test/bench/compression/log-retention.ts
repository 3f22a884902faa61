/** How many of the things looked for are still there. */
export interface Kept {
  readonly kept: number;
  readonly of: number;
}

const COUNT = / \(×\d+\)$/;
const VARIABLE = '<*>';
const TERMINAL_CODES = new RegExp('\u001b\\[8mha:[^\u001b]*\u001b\\[0m|\u001b\\[[0-9;?]*[A-Za-z]', 'g');

/** Tells whether a line is in a compressed log, as it is or by a template that it fits. */
export function readerOf(output: string): (line: string) => boolean {
  const told = output.split('\n').map((line) => line.replace(COUNT, ''));
  const literal = new Set(told.map(plain));
  const templates = told.filter((line) => line.includes(VARIABLE)).map((line) => plain(line).split(VARIABLE));
  return (line) => {
    const text = plain(line);
    return literal.has(text) || templates.some((constants) => fits(text, constants));
  };
}

/** As a terminal shows it, with one blank where there are several. */
function plain(line: string): string {
  return line.replace(TERMINAL_CODES, '').replace(/\s+/g, ' ').trim();
}

function fits(line: string, constants: readonly string[]): boolean {
  const first = constants[0] ?? '';
  const last = constants[constants.length - 1] ?? '';
  if (!line.startsWith(first) || !line.endsWith(last)) return false;
  let at = first.length;
  for (const constant of constants.slice(1, -1)) {
    const found = line.indexOf(constant, at);
    if (found < 0) return false;
    at = found + constant.length;
  }
  return at <= line.length - last.length;
}

/** Of named groups of lines those that have a line in the output. */
export function keptGroups(groups: ReadonlyMap<string, readonly string[]>, output: string): Kept {
  const isTold = readerOf(output);
  let kept = 0;
  for (const lines of groups.values()) if (lines.some(isTold)) kept++;
  return { kept, of: groups.size };
}

const SEVERITY = /\b(?:error|warning|warn|fatal|failed|failure|exception|severe|critical)\b/i;
const PLACE = /[\w)\]]\.[A-Za-z]\w{0,11}(?::\[?\d{1,7}|\(\d{1,7}(?:[,:]\d{1,7})?\) ?:)|at line \d+, column/;
const PASSED = /^\s*[✓✔√]|\bPASSED\b/;
const STAMP = /^\[?\d{4}-\d\d-\d\d[T ][\d:.,]+Z?\]? |^\d\d:\d\d:\d\d /;

/**
 * The distinct diagnostics of a build log: lines with a place (`path:line`, `path(line,col)`), each by its whole text,
 * and lines with a severity word, by their text with the numbers masked; tests that passed are none, times do not count.
 */
export function diagnosticsOf(text: string): Map<string, string[]> {
  const diagnostics = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const shown = plain(line);
    const hasPlace = PLACE.test(shown);
    if (PASSED.test(shown) || (!hasPlace && !SEVERITY.test(shown))) continue;
    const name = shown.replace(STAMP, '');
    const key = hasPlace ? name : name.replace(/\d+/g, '0');
    diagnostics.set(key, [...(diagnostics.get(key) ?? []), shown]);
  }
  return diagnostics;
}
