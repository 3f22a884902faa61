import type { LosslessForm } from '../../lossless-form.js';
import {
  GAPS_NOTE,
  HEADER_START,
  HEADINGS_NOTE,
  SAME_DIRECTORY,
  SEPARATOR,
  directoryOf,
} from './lossless-search-notation.js';

const HIT_ROW = /^(\d+(?:,\d+)*)?([ :>=&%-])/;

/** The inverse of `encodeLosslessSearch`. */
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
