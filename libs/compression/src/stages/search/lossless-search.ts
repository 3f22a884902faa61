import type { LosslessForm } from '../../lossless-form.js';
import { commonBeginnings } from './common-beginnings.js';
import { type FoundLine, type ParsedSearch, type SearchLine, parseSearch } from './parse-search.js';

/**
 * The first line of the form names what is used of it. Then, per file, its path and its lines:
 *   `12 x`      a hit on line 12; `12,15 x` says the same of two lines (numbers only grow within a file)
 *   `12-x`      a context line; ` x` is the context line after the line above
 *   `12>x`      a hit that begins with what `>` was defined to stand for, above the first file
 *   `:x`, `>x`  hits without a number
 *   `~/b.ts`    a file in the directory of the file above
 *   `|x`        x verbatim;  `"x` the path x, where x would read as something else
 */
const HEADER_START = '[search hits by file, "7,9 x" = x on lines 7 and 9';
const CONTEXT_NOTE = ', " x" = next line';
const DIRECTORY_NOTE = ', ~/ = same directory';
const BEGINNING_NOTE = (symbols: string): string => `, ${symbols} = beginning as defined`;
const GAPS_NOTE = ', -- left out';
const HEADINGS_NOTE = ', blank lines left out';

const SYMBOLS = ['>', '=', '&', '%'];
const SEPARATOR = '--';
const SAME_DIRECTORY = '~/';
/** A shorter directory is written as fast as `~/`. */
const MIN_DIRECTORY = 4;
/** What a line of the form may begin with beside a path. */
const RESERVED = /^[\d ,:|"~>=&%-]/;
const HIT_ROW = /^(\d+(?:,\d+)*)?([ :>=&%-])/;

/** Writes search results with each path once. {@link decodeLosslessSearch} gives back the text. */
export function encodeLosslessSearch(text: string, parsed: ParsedSearch = parseSearch(text)): string {
  const { lines, hasHeadings } = parsed;
  const impliesGaps = gapsAreImplied(lines);
  const writer = new FormWriter(hitBeginnings(lines));
  for (let index = 0; index < lines.length;) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.kind === 'other') {
      if (!(impliesGaps && line.text === SEPARATOR)) writer.verbatim(line.text);
      if (!impliesGaps || line.text !== SEPARATOR) writer.breakOff();
      index++;
      continue;
    }
    writer.file(line.path);
    if (line.kind === 'context') {
      writer.context(line);
      index++;
      continue;
    }
    const end = endOfRun(lines, index);
    writer.hits(lines.slice(index, end) as FoundLine[], !impliesGaps);
    index = end;
  }
  const notes = (impliesGaps ? GAPS_NOTE : '') + (hasHeadings ? HEADINGS_NOTE : '');
  return writer.finish(notes);
}

function hitBeginnings(lines: readonly SearchLine[]): string[] {
  const texts: string[] = [];
  let path = '';
  let seen = new Set<string>();
  for (const line of lines) {
    if (line.kind !== 'hit') continue;
    if (line.path !== path) {
      path = line.path;
      seen = new Set();
    }
    // Told once per file.
    if (seen.has(line.text)) continue;
    seen.add(line.text);
    texts.push(line.text);
  }
  return commonBeginnings(texts, SYMBOLS.length);
}

/** The line after the hits of one file that stand together. */
function endOfRun(lines: readonly SearchLine[], start: number): number {
  const first = lines[start];
  let end = start + 1;
  for (; end < lines.length; end++) {
    const line = lines[end];
    if (line?.kind !== 'hit' || first?.kind !== 'hit' || line.path !== first.path) break;
  }
  return end;
}

/** True where a `--` stands wherever the file changes or a line was skipped, and nowhere else. */
function gapsAreImplied(lines: readonly SearchLine[]): boolean {
  let above: FoundLine | undefined;
  let separators = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.kind === 'other') {
      if (line.text !== SEPARATOR) {
        above = undefined;
        continue;
      }
      const next = lines[index + 1];
      if (above === undefined || next === undefined || next.kind === 'other') return false;
      if (!isGap(above, next)) return false;
      separators++;
      above = undefined;
      continue;
    }
    if (above !== undefined && isGap(above, line)) return false;
    above = line;
  }
  return separators > 0;
}

function isGap(above: FoundLine, line: FoundLine): boolean {
  return above.path !== line.path || above.number === undefined || line.number !== above.number + 1;
}

class FormWriter {
  private readonly out: string[] = [];
  private readonly used = { context: false, directory: false, verbatim: false };
  private path = '';
  private directory = '';
  /** The line number after the line above, where context would go on. */
  private next: number | undefined;

  constructor(private readonly beginnings: readonly string[]) {}

  verbatim(text: string): void {
    if (text === '' || text === SEPARATOR) this.out.push(text);
    else {
      this.out.push(`|${text}`);
      this.used.verbatim = true;
    }
  }

  breakOff(): void {
    this.next = undefined;
  }

  file(path: string): void {
    if (path === this.path) return;
    const shares = this.directory.length >= MIN_DIRECTORY && path.startsWith(this.directory);
    if (shares) this.used.directory = true;
    if (shares) this.out.push(SAME_DIRECTORY + path.slice(this.directory.length));
    else this.out.push(RESERVED.test(path) ? `"${path}` : path);
    this.path = path;
    this.directory = directoryOf(path);
    this.next = undefined;
  }

  context({ number = 0, text }: FoundLine): void {
    const follows = this.next === number;
    if (follows) this.used.context = true;
    this.out.push(follows ? ` ${text}` : `${String(number)}-${text}`);
    this.next = number + 1;
  }

  hits(lines: readonly FoundLine[], mayMerge: boolean): void {
    this.next = (lines[lines.length - 1]?.number ?? -2) + 1;
    if (!mayMerge || !numbersGrow(lines)) {
      for (const { number, text } of lines)
        this.out.push(this.row(number === undefined ? '' : String(number), text));
      return;
    }
    const numbersOf = new Map<string, number[]>();
    for (const { number = 0, text } of lines) {
      const numbers = numbersOf.get(text);
      if (numbers === undefined) numbersOf.set(text, [number]);
      else numbers.push(number);
    }
    for (const [text, numbers] of numbersOf) this.out.push(this.row(numbers.join(','), text));
  }

  private row(numbers: string, text: string): string {
    let best = -1;
    for (const [index, beginning] of this.beginnings.entries()) {
      if (text.startsWith(beginning) && beginning.length > (this.beginnings[best]?.length ?? -1))
        best = index;
    }
    if (best >= 0) return numbers + (SYMBOLS[best] ?? '') + text.slice(this.beginnings[best]?.length);
    return `${numbers}${numbers === '' ? ':' : ' '}${text}`;
  }

  finish(notes: string): string {
    const symbols = SYMBOLS.slice(0, this.beginnings.length);
    const header =
      HEADER_START +
      (this.used.context ? CONTEXT_NOTE : '') +
      (this.used.directory ? DIRECTORY_NOTE : '') +
      (symbols.length > 0 ? BEGINNING_NOTE(symbols.join(' ')) : '') +
      (this.used.verbatim ? ', | = verbatim' : '') +
      notes;
    const definitions = symbols.map((symbol, index) => symbol + (this.beginnings[index] ?? ''));
    return [`${header}]`, ...definitions, ...this.out].join('\n');
  }
}

function numbersGrow(lines: readonly FoundLine[]): boolean {
  let last = -1;
  for (const { number } of lines) {
    if (number === undefined || number <= last) return false;
    last = number;
  }
  return true;
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The inverse of {@link encodeLosslessSearch}. */
export function decodeLosslessSearch(encoded: string): string {
  const [header = '', ...rows] = encoded.split('\n');
  const reader = new FormReader(header.includes(GAPS_NOTE), header.includes(HEADINGS_NOTE));
  const defined = /, ((?:[>=&%] ?){1,4}) = beginning as defined/.exec(header)?.[1]?.split(' ').length ?? 0;
  for (const row of rows.slice(0, defined)) reader.define(row.charAt(0), row.slice(1));
  for (const row of rows.slice(defined)) reader.read(row);
  return reader.finish();
}

class FormReader {
  private readonly out: string[] = [];
  private readonly beginnings = new Map<string, string>();
  private run: { number: number; text: string }[] = [];
  private runIsMerged = false;
  private path = '';
  private directory = '';
  private last: { path: string; number: number } | undefined;

  constructor(
    private readonly impliesGaps: boolean,
    private readonly hasHeadings: boolean,
  ) {}

  define(symbol: string, beginning: string): void {
    this.beginnings.set(symbol, beginning);
  }

  read(row: string): void {
    if (row === '' || row === SEPARATOR || row.startsWith('|')) {
      this.endRun();
      this.out.push(row.startsWith('|') ? row.slice(1) : row);
      this.last = undefined;
      return;
    }
    const [matched, numbers = '', mark = ''] = HIT_ROW.exec(row) ?? [];
    if (matched === undefined) this.file(row);
    else if (mark === '-') this.context(Number(numbers), row.slice(matched.length));
    else if (mark === ' ' && numbers === '') {
      this.endRun();
      this.context((this.last?.number ?? 0) + 1, row.slice(1));
    } else this.hit(numbers, (this.beginnings.get(mark) ?? '') + row.slice(matched.length));
  }

  private file(row: string): void {
    this.endRun();
    if (row.startsWith(SAME_DIRECTORY)) this.path = this.directory + row.slice(SAME_DIRECTORY.length);
    else this.path = row.startsWith('"') ? row.slice(1) : row;
    this.directory = directoryOf(this.path);
    if (!this.hasHeadings) return;
    if (this.out.length > 0) this.out.push('');
    this.out.push(this.path);
  }

  private context(number: number, text: string): void {
    this.endRun();
    this.put('-', number, text);
  }

  private hit(numbers: string, text: string): void {
    if (numbers === '') {
      this.endRun();
      this.out.push(`${this.path}:${text}`);
      this.last = undefined;
      return;
    }
    const all = numbers.split(',').map(Number);
    if (all.length > 1) this.runIsMerged = true;
    for (const number of all) this.run.push({ number, text });
  }

  private endRun(): void {
    if (this.runIsMerged) this.run.sort((a, b) => a.number - b.number);
    for (const { number, text } of this.run) this.put(':', number, text);
    this.run = [];
    this.runIsMerged = false;
  }

  private put(separator: string, number: number, text: string): void {
    const { last, path } = this;
    if (this.impliesGaps && last !== undefined && (last.path !== path || number !== last.number + 1))
      this.out.push(SEPARATOR);
    this.out.push((this.hasHeadings ? '' : path + separator) + String(number) + separator + text);
    this.last = { path, number };
  }

  finish(): string {
    this.endRun();
    return this.out.join('\n');
  }
}

export const searchForm: LosslessForm = {
  isWritten: (text) => text.startsWith(HEADER_START),
  decode: decodeLosslessSearch,
};
