import { type JsonNode, type JsonSeparators, parseJsonTree, writeJsonWith } from '#libs/json-text';

/** How programs write a record on its line: without white space, or as Python does. */
export const LINE_STYLES = {
  compact: { comma: ',', colon: ':' },
  spaced: { comma: ', ', colon: ': ' },
} as const satisfies Record<string, JsonSeparators>;

export type LineStyle = keyof typeof LINE_STYLES;

const LINE_ENDS = { LF: '\n', CRLF: '\r\n' } as const;
export type LineEnd = keyof typeof LINE_ENDS;

/** So many lines tell the style of all. */
const STYLE_LINES = 20;

export interface RecordLines {
  readonly lines: readonly string[];
  /** Per line its object or array; undefined for blank, malformed and all other lines. */
  readonly records: readonly (JsonNode | undefined)[];
  readonly style: LineStyle;
  readonly lineEnd: LineEnd;
}

/** Reads JSON Lines. Lines are split where all of them end alike; a lone carriage return stays in its line. */
export function readRecordLines(text: string): RecordLines {
  const lineEnd = usesCarriageReturns(text) ? 'CRLF' : 'LF';
  const lines = text.split(LINE_ENDS[lineEnd]);
  const records = lines.map(recordOf);
  return { lines, records, style: styleOf(lines, records), lineEnd };
}

export function joinLines(lines: readonly string[], lineEnd: LineEnd): string {
  return lines.join(LINE_ENDS[lineEnd]);
}

/** The line of a record as the style has it. */
export function lineOf(record: JsonNode, style: LineStyle): string {
  return writeJsonWith(record, LINE_STYLES[style]);
}

function usesCarriageReturns(text: string): boolean {
  let at = text.indexOf('\n');
  if (at < 0) return false;
  for (; at >= 0; at = text.indexOf('\n', at + 1)) if (text.charCodeAt(at - 1) !== 0x0d) return false;
  return true;
}

function recordOf(line: string): JsonNode | undefined {
  const node = parseJsonTree(line);
  return node?.kind === 'object' || node?.kind === 'array' ? node : undefined;
}

function styleOf(lines: readonly string[], records: RecordLines['records']): LineStyle {
  let spaced = 0;
  let seen = 0;
  for (const [index, record] of records.entries()) {
    if (record === undefined) continue;
    if (lineOf(record, 'compact') !== lines[index] && lineOf(record, 'spaced') === lines[index]) spaced++;
    if (++seen === STYLE_LINES) break;
  }
  return spaced * 2 > seen ? 'spaced' : 'compact';
}
