import { HEADER_START, SAME_DIRECTORY, SEPARATOR, SYMBOLS, directoryOf } from './lossless-search-notation.js';
import type { FoundLine } from './parse-search.js';

const CONTEXT_NOTE = ', " x" = next line';
const DIRECTORY_NOTE = ', ~/ = same directory';
const BEGINNING_NOTE = (symbols: string): string => `, ${symbols} = beginning as defined`;

/** A shorter directory is written as fast as `~/`. */
const MIN_DIRECTORY = 4;
/** What a line of the form may begin with beside a path. */
const RESERVED = /^[\d ,:|"~>=&%-]/;

/** Puts the lossless form of search results together, row by row. */
export class SearchFormWriter {
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
