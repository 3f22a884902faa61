import { type JsonNode, parseJsonTree, stringNode, stringOfLiteral, writeJsonTree } from '#libs/json-text';
import type { LosslessForm } from '../../lossless-form.js';
import type { CountText } from '../json/table-column.js';
import { decodeTree, shortestForm, usesTableKeys } from '../json/lossless-json.js';
import {
  type DelimitedRows,
  fieldOf,
  isNumber,
  joinRows,
  QUOTE_STYLES,
  type QuoteStyle,
  valueOfField,
} from './delimited-rows.js';

const HEADER_START = '[CSV as a table of records';
const HEADER = /^\[CSV as a table of records; ("(?:\\t|[,;|])") (LF|CRLF), quotes: (minimal|all|texts)\]\n/;
const STYLE_ROWS = 50;

/** The rows below the names as records; text for rows that are not like the others. */
export interface CsvRecords {
  readonly records: readonly JsonNode[];
  readonly style: QuoteStyle;
}

/** @returns undefined when the first row does not give each column a name of its own. */
export function recordsOf(table: DelimitedRows): CsvRecords | undefined {
  const { rows, delimiter } = table;
  const [head = [], ...others] = rows;
  const names = head.map(valueOfField);
  if (new Set(names).size < names.length) return undefined;
  const style = styleOf(rows.slice(0, STYLE_ROWS), delimiter);
  if (!isInStyle(head, style, delimiter)) return undefined;
  const keys = names.map((name) => JSON.stringify(name));
  const records = others.map((row): JsonNode => {
    if (row.length !== keys.length || !isInStyle(row, style, delimiter))
      return stringNode(row.join(delimiter));
    return { kind: 'object', keys, values: row.map((field) => cellOf(valueOfField(field))) };
  });
  return { records, style };
}

function cellOf(value: string): JsonNode {
  return isNumber(value) ? { kind: 'number', text: value } : stringNode(value);
}

function styleOf(rows: DelimitedRows['rows'], delimiter: string): QuoteStyle {
  let best: QuoteStyle = 'minimal';
  let most = -1;
  for (const style of QUOTE_STYLES) {
    const fitting = rows.filter((row) => isInStyle(row, style, delimiter)).length;
    if (fitting <= most) continue;
    best = style;
    most = fitting;
  }
  return best;
}

function isInStyle(row: readonly string[], style: QuoteStyle, delimiter: string): boolean {
  return row.every((field) => fieldOf(valueOfField(field), style, delimiter) === field);
}

/**
 * Writes CSV as one JSON array of records in its shortest form, below a line that names the form. Rows that are
 * written otherwise than the others stand as strings.
 * @returns undefined where that would not give back every byte.
 */
export function encodeCsv(
  text: string,
  table: DelimitedRows,
  { records, style }: CsvRecords,
  count: CountText,
  isLate?: () => boolean,
): string | undefined {
  if (usesTableKeys(text) || records[0]?.kind !== 'object') return undefined;
  const end = table.lineEnd === '\n' ? 'LF' : 'CRLF';
  const form = writeJsonTree(shortestForm({ kind: 'array', items: [...records] }, count, isLate));
  const encoded = `${HEADER_START}; ${JSON.stringify(table.delimiter)} ${end}, quotes: ${style}]\n${form}`;
  return decodeCsv(encoded) === text ? encoded : undefined;
}

function decodeCsv(encoded: string): string {
  const header = HEADER.exec(encoded);
  const tree = header === null ? undefined : parseJsonTree(encoded.slice(header[0].length));
  const records = tree && decodeTree(tree);
  if (header === null || records?.kind !== 'array' || records.items[0]?.kind !== 'object') return encoded;
  const [, delimiterText, end, quotes] = header as unknown as [string, string, string, QuoteStyle];
  const delimiter = stringOfLiteral(delimiterText);
  const field = (value: string): string => fieldOf(value, quotes, delimiter);
  const rows = records.items.map((item) =>
    item.kind === 'object' ? item.values.map((cell) => field(textOf(cell))) : [textOf(item)],
  );
  const names = records.items[0].keys.map((key) => field(stringOfLiteral(key)));
  return joinRows({ delimiter, lineEnd: end === 'LF' ? '\n' : '\r\n', rows }, [names, ...rows]);
}

function textOf(node: JsonNode): string {
  if (node.kind === 'array' || node.kind === 'object') return '';
  return node.kind === 'string' ? stringOfLiteral(node.text) : node.text;
}

export const csvForm: LosslessForm = {
  isWritten: (text) => text.startsWith(HEADER_START) && HEADER.test(text),
  decode: decodeCsv,
};
