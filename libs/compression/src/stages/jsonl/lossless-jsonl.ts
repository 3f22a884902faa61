import { type JsonNode, parseJsonTree, stringNode, stringOfLiteral, writeJsonTree } from '#libs/json-text';
import type { LosslessForm } from '../../lossless-form.js';
import type { CountText } from '../json/table-column.js';
import { decodeTree, shortestForm, usesTableKeys } from '../json/lossless-json.js';
import { joinLines, type LineEnd, lineOf, type LineStyle, type RecordLines } from './record-lines.js';

const HEADER_START = '[JSON lines as a table of records';
const HEADER = /^\[JSON lines as a table of records; (compact|spaced) (LF|CRLF)\]\n/;

/**
 * Writes JSON Lines as one JSON array of their records in its shortest form, below a line that names the form. A line
 * that is no record, or is written otherwise than the others, stands as a string.
 * @returns undefined when records use the keys of a table themselves.
 */
export function encodeJsonLines(
  text: string,
  { lines, records, style, lineEnd }: RecordLines,
  count: CountText,
  isLate?: () => boolean,
): string | undefined {
  if (usesTableKeys(text)) return undefined;
  const items = lines.map((line, index): JsonNode => {
    const record = records[index];
    return record !== undefined && lineOf(record, style) === line ? record : stringNode(line);
  });
  const table = shortestForm({ kind: 'array', items }, count, isLate);
  return `${HEADER_START}; ${style} ${lineEnd}]\n${writeJsonTree(table)}`;
}

function decodeJsonLines(encoded: string): string {
  const header = HEADER.exec(encoded);
  const tree = header === null ? undefined : parseJsonTree(encoded.slice(header[0].length));
  const items = tree && decodeTree(tree);
  if (header === null || items?.kind !== 'array') return encoded;
  const [, style, lineEnd] = header as unknown as [string, LineStyle, LineEnd];
  const lines = items.items.map((item) =>
    item.kind === 'string' ? stringOfLiteral(item.text) : lineOf(item, style),
  );
  return joinLines(lines, lineEnd);
}

export const jsonLinesForm: LosslessForm = {
  isWritten: (text) => text.startsWith(HEADER_START) && HEADER.test(text),
  decode: decodeJsonLines,
};
