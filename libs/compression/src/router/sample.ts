/** Longer texts are read at their beginning, middle and end: the cost of finding the kind stays flat. */
const WHOLE_CHARACTERS = 32_768;
const HEAD_CHARACTERS = 16_384;
const OTHER_CHARACTERS = 8192;
const HEAD_LINES = 120;
const OTHER_LINES = 40;
const LINE_CHARACTERS = 300;

/** What Jenkins hides in its logs, and colours. */
const CONSOLE_NOTE = /\x1b\[8m[^\x1b\n]{0,4000}\x1b\[0m/g;
const COLOUR = /\x1b\[[0-9;]{0,20}[A-Za-z]|\x1b\]8;[^\x07\n]{0,500}\x07/g;
/** The number of a blank line has lost what followed it. */
const NUMBERED = /^\s{0,8}(\d{1,7})(?:\t|→|: ?| ?\| ?|$)/;

/** The part of a text that its kind is read off. */
export interface Sample {
  /** The beginning, as it is. */
  readonly head: string;
  /** Stretches from beginning, middle and end, whole lines but for a line longer than all of them. */
  readonly raw: readonly string[];
  /** The lines of all stretches without colours and consecutive line numbers, cut to 300 characters; blank ones left out. */
  readonly lines: readonly string[];
  /** As `lines`, blank lines kept. */
  readonly spaced: readonly string[];
  /** True where nearly every line begins with the number after the one before, as `cat -n` prints it. */
  readonly isNumbered: boolean;
  /** Characters of the whole text. */
  readonly length: number;
}

export function sampleOf(text: string): Sample {
  const raw = stretches(text);
  const clean = raw.map((stretch, index) => linesOf(stretch, index === 0 ? HEAD_LINES : OTHER_LINES));
  const isNumbered = clean.length > 0 && areNumbered(clean[0] ?? []);
  const spaced = clean.flat().map((line) => (isNumbered ? line.replace(NUMBERED, '') : line));
  return {
    head: text.slice(0, HEAD_CHARACTERS),
    raw,
    lines: spaced.filter((line) => line.trim() !== ''),
    spaced,
    isNumbered,
    length: text.length,
  };
}

/** The share of lines for which something is true; 0 without lines. */
export function shareOf(lines: readonly string[], isTrue: (line: string) => boolean): number {
  if (lines.length === 0) return 0;
  let count = 0;
  for (const line of lines) if (isTrue(line)) count++;
  return count / lines.length;
}

/** The lines outside of fenced blocks; all of them where no fence closes. */
export function withoutFenced(lines: readonly string[]): readonly string[] {
  const outside: string[] = [];
  let fence = '';
  for (const line of lines) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (fence === '' ? mark !== '' : mark.startsWith(fence)) fence = fence === '' ? mark : '';
    else if (fence === '') outside.push(line);
  }
  return fence === '' ? outside : lines;
}

function stretches(text: string): string[] {
  if (text.length <= WHOLE_CHARACTERS) return [text];
  const middle = text.length >> 1;
  return [
    wholeLines(text, 0, HEAD_CHARACTERS),
    wholeLines(text, middle, middle + OTHER_CHARACTERS),
    wholeLines(text, text.length - OTHER_CHARACTERS, text.length),
  ].filter((stretch) => stretch !== '');
}

/** From the first line that begins after `from` to the last that ends before `to`; a longer line is cut. */
function wholeLines(text: string, from: number, to: number): string {
  const stretch = text.slice(from, to);
  const first = from === 0 ? 0 : stretch.indexOf('\n') + 1;
  const last = to >= text.length ? stretch.length : stretch.lastIndexOf('\n');
  return last > first ? stretch.slice(first, last) : stretch;
}

/** A terminal writes over a line that ends in a lone carriage return; in a file it is a line of its own. */
function linesOf(stretch: string, most: number): string[] {
  return stretch.split(/\r?\n|\r/, most).map(cleanLine);
}

function cleanLine(line: string): string {
  if (!line.includes('\x1b')) return line.slice(0, LINE_CHARACTERS).trimEnd();
  return line
    .slice(0, 4 * LINE_CHARACTERS)
    .replace(CONSOLE_NOTE, '')
    .replace(COLOUR, '')
    .slice(0, LINE_CHARACTERS)
    .trimEnd();
}

function areNumbered(lines: readonly string[]): boolean {
  let numbered = 0;
  let following = 0;
  let previous = Number.NaN;
  let filled = 0;
  for (const line of lines) {
    if (line === '') continue;
    // Names of columns above numbers make a table.
    if (filled === 0 && /^[^\d\s][^\t|]{0,100}[\t|]/.test(line)) return false;
    filled++;
    const number = Number(NUMBERED.exec(line)?.[1] ?? Number.NaN);
    if (Number.isNaN(number)) continue;
    numbered++;
    if (number === previous + 1) following++;
    previous = number;
  }
  // A file's name and a note on what was left out may stand above and below.
  return numbered >= 3 && numbered >= filled - 4 - filled * 0.1 && following >= (numbered - 1) * 0.9;
}
