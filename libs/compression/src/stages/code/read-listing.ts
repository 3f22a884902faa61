import type { NumberedCode } from './code-edits.js';

/** Source code as tools show it, apart from what they put around it. */
export interface Listing {
  /** Lines before and after the code, with their line ends. */
  readonly head: string;
  readonly numbered: NumberedCode;
  readonly tail: string;
}

interface NumberedLine {
  readonly number: number;
  readonly prefix: string;
}

/** `   12<tab>code`, `12→code`, `12: code`, `12| code`. */
const NUMBERED = /^\s{0,8}(\d{1,7})(?:\t|→|:| ?\|)/;
/** Fewer lines with ascending numbers are no listing. */
const MIN_NUMBERED = 5;
const NUMBERED_SHARE = 0.5;
const MAX_FRAME_LINES = 8;
const FRAME_CHARACTERS = 400;

const HEAD =
  /^\[(?:File|Open file|Reading|Path)\b|^<[a-z_-]{2,20}(?:\s[^<>]{0,300})?>(?:[^<>]{0,300}<\/[a-z_-]{2,20}>)?$|^\(\d+ (?:more )?lines? above\)$|^`{3,4}[\w+-]{0,20}$|^==> .{1,300} <==$|^(?:File|Path|Filename|Reading|Contents? of):? \S|^Here's the result of|^\.{3} ?[([].{0,100}\blines?\b|^(?:\.{0,2}\/)?(?:[\w.@~-]{1,100}\/){0,30}[\w.@-]{1,100}\.[a-z+]{1,5}:?$|^(?:\/\/|#) (?:[\w.@~-]{1,100}\/){0,30}[\w.@-]{1,100}\.[a-z+]{1,5}$/i;
const TAIL =
  /^<\/[a-z_-]{2,20}>$|^`{3,4}$|^[([]?(?:\.{3} ?)?[([]?\d+ (?:more )?lines?\b.{0,120}$|^\.{3} ?[([].{0,120}\blines?\b|^\((?:Open file|Current directory|Interactive session): .{0,300}\)$|^bash-\$$|^\[(?:Showing|Truncated|Output|File)\b.{0,200}\]$/i;

/** Takes line numbers, headers and wrappers off, so that what is left can be parsed. */
export function readListing(text: string): Listing {
  const lines = text.split('\n');
  return numberedListing(lines) ?? framedListing(lines);
}

function numberedListing(lines: readonly string[]): Listing | undefined {
  const numbers = lines.map(numberOf);
  const run = longestRun(numbers);
  if (run === undefined) return undefined;
  const [first, last] = run;
  const solid = lines.filter((line) => line.trim() !== '').length;
  if (last - first + 1 < Math.max(MIN_NUMBERED, solid * NUMBERED_SHARE)) return undefined;
  const body = lines.slice(first, last + 1);
  const read = numbers.slice(first, last + 1);
  const space = hasSpaceAfter(body, read) ? 1 : 0;
  const prefixes: string[] = [];
  const codes: string[] = [];
  for (const [index, line] of body.entries()) {
    const width = read[index]?.prefix.length;
    // A line of the tool's own among them, such as where the cursor stands, is no code.
    const cut = width === undefined ? line.length : width + (line[width] === ' ' ? space : 0);
    prefixes.push(line.slice(0, cut));
    codes.push(line.slice(cut));
  }
  return {
    head: joined(lines.slice(0, first), '', '\n'),
    numbered: { code: codes.join('\n'), prefixes },
    tail: joined(lines.slice(last + 1), '\n', ''),
  };
}

function numberOf(line: string): NumberedLine | undefined {
  const match = NUMBERED.exec(line);
  return match === null ? undefined : { number: Number(match[1]), prefix: match[0] };
}

/** The first and the last line of the longest run of lines whose numbers follow each other. */
function longestRun(numbers: readonly (NumberedLine | undefined)[]): [number, number] | undefined {
  let best: [number, number] | undefined;
  let start = -1;
  let end = -1;
  let number = 0;
  for (const [index, line] of numbers.entries()) {
    if (line === undefined) continue;
    if (start === -1 || line.number !== number + 1 || index > end + 2) start = index;
    end = index;
    number = line.number;
    if (best === undefined || end - start > best[1] - best[0]) best = [start, end];
  }
  return best;
}

/** True where every number is followed by a space that is no part of the code. */
function hasSpaceAfter(lines: readonly string[], numbers: readonly (NumberedLine | undefined)[]): boolean {
  let isColon = false;
  for (const [index, line] of lines.entries()) {
    const prefix = numbers[index]?.prefix;
    if (prefix === undefined || line.length === prefix.length) continue;
    if (!/[:|]$/.test(prefix) || line[prefix.length] !== ' ') return false;
    isColon = true;
  }
  return isColon;
}

function framedListing(lines: readonly string[]): Listing {
  let first = 0;
  for (let index = 0; index < Math.min(MAX_FRAME_LINES, lines.length - 1); index++) {
    const line = (lines[index] ?? '').slice(0, FRAME_CHARACTERS).trim();
    if (HEAD.test(line)) first = index + 1;
    else if (line !== '') break;
  }
  let end = lines.length;
  for (let index = lines.length - 1; index > first && index >= lines.length - MAX_FRAME_LINES; index--) {
    const line = (lines[index] ?? '').slice(0, FRAME_CHARACTERS).trim();
    if (TAIL.test(line)) end = index;
    else if (line !== '') break;
  }
  return {
    head: joined(lines.slice(0, first), '', '\n'),
    numbered: { code: lines.slice(first, end).join('\n'), prefixes: [] },
    tail: joined(lines.slice(end), '\n', ''),
  };
}

function joined(lines: readonly string[], before: string, after: string): string {
  return lines.length === 0 ? '' : before + lines.join('\n') + after;
}
