/** A table as text: rows of fields as they are written, quotes included. */
export interface DelimitedRows {
  readonly delimiter: string;
  readonly lineEnd: '\n' | '\r\n';
  readonly rows: readonly (readonly string[])[];
}

const DELIMITERS = ['\t', ',', ';', '|'];
const SAMPLE_ROWS = 50;
/** Rows with as many fields as the first: fewer are no table. */
const MIN_SHARE = 0.8;
const MIN_ROWS = 3;
const QUOTE = '"';

/**
 * Reads CSV and its kin (RFC 4180 with any of the usual delimiters): quoted fields may hold delimiters, doubled quotes
 * and line ends. Joining fields and rows again gives the text.
 * @returns undefined when no delimiter gives rows of equally many fields.
 */
export function readDelimitedRows(text: string): DelimitedRows | undefined {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  let best: DelimitedRows | undefined;
  for (const delimiter of DELIMITERS) {
    const firstEnd = text.indexOf(lineEnd);
    if (firstEnd < 0 || !text.slice(0, firstEnd).includes(delimiter)) continue;
    const sample = scan(text, delimiter, lineEnd, SAMPLE_ROWS);
    const fields = sample[0]?.length ?? 0;
    const alike = sample.filter((row) => row.length === fields).length;
    if (sample.length < MIN_ROWS || fields < 2 || alike < (sample.length - 1) * MIN_SHARE) continue;
    if (fields > (best?.rows[0]?.length ?? 0)) best = { delimiter, lineEnd, rows: sample };
  }
  return best && { ...best, rows: scan(text, best.delimiter, lineEnd, Number.POSITIVE_INFINITY) };
}

export function joinRows(
  { delimiter, lineEnd }: DelimitedRows,
  rows: readonly (readonly string[])[],
): string {
  return rows.map((row) => row.join(delimiter)).join(lineEnd);
}

function scan(text: string, delimiter: string, lineEnd: string, maxRows: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let start = 0;
  let lineStop = nextAt(text, lineEnd, 0);
  while (rows.length < maxRows) {
    // A quote that is never closed, or not right before a delimiter, is a character like others.
    const closed = text.startsWith(QUOTE, start) ? endOfQuoted(text, start, delimiter, lineEnd) : undefined;
    const from = closed ?? start;
    if (from > lineStop) lineStop = nextAt(text, lineEnd, from);
    const stop = text.indexOf(delimiter, from);
    if (stop >= 0 && stop < lineStop) {
      row.push(text.slice(start, stop));
      start = stop + 1;
      continue;
    }
    row.push(text.slice(start, lineStop));
    rows.push(row);
    row = [];
    if (lineStop >= text.length) break;
    start = lineStop + lineEnd.length;
    lineStop = nextAt(text, lineEnd, start);
  }
  return rows;
}

/** The next place of a text, or the end. */
function nextAt(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? text.length : at;
}

/** A field cannot be longer: what seems to be is an open quote. */
const MAX_QUOTED = 100_000;

function endOfQuoted(text: string, start: number, delimiter: string, lineEnd: string): number | undefined {
  for (
    let at = text.indexOf(QUOTE, start + 1);
    at >= 0 && at - start < MAX_QUOTED;
    at = text.indexOf(QUOTE, at + 1)
  ) {
    if (text.startsWith(QUOTE, at + 1)) {
      at++;
      continue;
    }
    const after = at + 1;
    const ends =
      after === text.length || text.startsWith(delimiter, after) || text.startsWith(lineEnd, after);
    return ends ? after : undefined;
  }
  return undefined;
}

/** Which fields a program puts in quotes. */
export type QuoteStyle = 'minimal' | 'all' | 'texts';
export const QUOTE_STYLES: readonly QuoteStyle[] = ['minimal', 'all', 'texts'];

const NUMBER = /^-?(?:0|[1-9]\d{0,40})(?:\.\d{1,40})?$/;

export function isNumber(value: string): boolean {
  return NUMBER.test(value);
}

/** What a field stands for. */
export function valueOfField(field: string): string {
  const isQuoted = field.length > 1 && field.startsWith(QUOTE) && field.endsWith(QUOTE);
  return isQuoted ? field.slice(1, -1).replaceAll('""', QUOTE) : field;
}

/** A value as a field in a style; the inverse of {@link valueOfField} for fields of that style. */
export function fieldOf(value: string, style: QuoteStyle, delimiter: string): string {
  const mustQuote =
    style === 'all' ||
    (style === 'texts' && !isNumber(value)) ||
    value.includes(QUOTE) ||
    value.includes(delimiter) ||
    value.includes('\n') ||
    value.includes('\r');
  return mustQuote ? `"${value.replaceAll(QUOTE, '""')}"` : value;
}
