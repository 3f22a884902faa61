import type { LosslessForm } from '../../lossless-form.js';
import { type TemplatedLines, findTemplates } from './find-templates.js';
import { partsOf } from './line-parts.js';
import { DITTO, NAME_SIGN, dittoValue, undittoValue } from './value-ditto.js';
import { type Row, nameRepeatedValues } from './value-names.js';
import { type Slot, templatesOf } from './template-slots.js';
import { type TemplatePart, columnsOf, readTemplate, writeLine } from './template-text.js';

/** The first line of the form; it tells a reader how to read the rest. */
export const LOG_HEADER =
  '[log templates: "#n" defines template n; a row is "n values" or " values" for the same n again; <*> takes the next value, <^n> repeats value n of the row, ^ is as in the last row that begins alike, ^x as there but ending in x, ~x with x for its last pieces, $n is a value named before the rows; "|" is verbatim]';

/** How often a long log looks at the clock. */
const LINES_BETWEEN_LOOKS = 4096;
/** A template pays from this many lines. */
const MIN_LINES = 2;

interface RowTemplate {
  readonly number: number;
  readonly slots: readonly Slot[];
  /** Per slot where its last value is remembered: templates that begin alike share their first columns. */
  readonly columns: readonly number[];
}

export interface EncodeOptions {
  /** The templates of the text's lines, where they are known. */
  readonly templated?: TemplatedLines | undefined;
  readonly isLate?: (() => boolean) | undefined;
}

/** Writes a log as templates over the whole text and one row per line. {@link decodeLosslessLog} gives back the text; undefined when it got too late. */
export function encodeLosslessLog(
  text: string,
  { templated: known, isLate }: EncodeOptions = {},
): string | undefined {
  const lines = text.split('\n');
  const templated = known ?? findTemplates(lines, { isLate });
  if (templated === undefined) return undefined;
  const parts = partsOfLines(lines, templated, isLate);
  if (parts === undefined) return undefined;
  const { templates, out } = writeTemplates(templated, parts);
  if (isLate?.() === true) return undefined;
  const above: string[] = [];
  const templateAt = (line: number): RowTemplate | undefined => templates.get(clusterAt(templated, line));
  const rows = parts.map((words, index): Row | undefined => {
    const template = words === undefined ? undefined : templateAt(index);
    return template === undefined || words === undefined ? undefined : rowOf(template, words, above);
  });
  for (const definition of nameRepeatedValues(rows)) out.push(definition);
  let current = 0;
  for (const [index, row] of rows.entries()) {
    if (row === undefined) {
      out.push(`|${lines[index] ?? ''}`);
      continue;
    }
    const number = templateAt(index)?.number ?? 0;
    const cells = row.cells.length > 0 ? ` ${row.cells.join(' ')}` : '';
    out.push(number === current ? cells : String(number) + cells);
    current = number;
  }
  return out.join('\n');
}

function clusterAt({ clusterOfShape, shapeOf }: TemplatedLines, line: number): number {
  return clusterOfShape[shapeOf[line] ?? -1] ?? -1;
}

/** Words and separators of the lines that have a template; undefined when it got too late. */
function partsOfLines(
  lines: readonly string[],
  templated: TemplatedLines,
  isLate?: () => boolean,
): (readonly string[] | undefined)[] | undefined {
  const parts: (readonly string[] | undefined)[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (index % LINES_BETWEEN_LOOKS === 0 && isLate?.() === true) return undefined;
    const size = templated.clusters[clusterAt(templated, index)]?.size ?? 0;
    parts.push(size < MIN_LINES ? undefined : partsOf(lines[index] ?? ''));
  }
  return parts;
}

function writeTemplates(
  templated: TemplatedLines,
  parts: readonly (readonly string[] | undefined)[],
): { templates: Map<number, RowTemplate>; out: string[] } {
  const templates = new Map<number, RowTemplate>();
  const out: string[] = [LOG_HEADER];
  const columns = new Map<string, number>();
  const words = templated.clusters.map((cluster) => ({ cluster, lines: [] as (readonly string[])[] }));
  for (const [index, line] of parts.entries()) {
    if (line !== undefined) words[clusterAt(templated, index)]?.lines.push(line);
  }
  const ids = [...words.keys()].filter((id) => (words[id]?.lines.length ?? 0) >= MIN_LINES);
  for (const [index, { text, slots }] of templatesOf(ids.flatMap((id) => words[id] ?? [])).entries()) {
    const number = index + 1;
    templates.set(ids[index] ?? -1, { number, slots, columns: columnsOf(readTemplate(text), columns) });
    out.push(`#${String(number)} ${text}`);
  }
  return { templates, out };
}

/** The cells of a line; those at the end that are as above are left out. */
function rowOf({ slots, columns }: RowTemplate, parts: readonly string[], above: string[]): Row {
  const values: string[] = [];
  const cells: string[] = [];
  let used = 0;
  for (const [index, { part, prefix, suffix, tail }] of slots.entries()) {
    const word = parts[part] ?? '';
    const tailLength = tail === undefined ? 0 : (values[tail]?.length ?? 0);
    const value = word.slice(prefix, word.length - suffix - tailLength);
    const column = columns[index] ?? 0;
    const cell = dittoValue(value, above[column]);
    above[column] = value;
    values.push(value);
    cells.push(cell);
    if (cell !== DITTO) used = cells.length;
  }
  cells.length = used;
  return { values, cells };
}

interface ReadTemplate {
  readonly parts: readonly TemplatePart[];
  readonly columns: readonly number[];
}

/** The inverse of {@link encodeLosslessLog}. */
export function decodeLosslessLog(encoded: string): string {
  const lines = encoded.split('\n');
  const templates: ReadTemplate[] = [{ parts: [], columns: [] }];
  const known = new Map<string, number>();
  let next = 1;
  for (; lines[next]?.startsWith('#') === true; next++) {
    const line = lines[next] ?? '';
    const parts = readTemplate(line.slice(line.indexOf(' ') + 1));
    templates.push({ parts, columns: columnsOf(parts, known) });
  }
  const names = new Map<string, string>();
  for (; lines[next]?.startsWith(NAME_SIGN) === true; next++) {
    const line = lines[next] ?? '';
    const cut = line.indexOf(' ');
    names.set(line.slice(0, cut), line.slice(cut + 1));
  }
  const above: string[] = [];
  let current = 0;
  const out: string[] = [];
  for (const row of lines.slice(next)) {
    if (row.startsWith('|')) {
      out.push(row.slice(1));
      continue;
    }
    const cut = row.indexOf(' ');
    const number = cut < 0 ? row : row.slice(0, cut);
    if (number !== '') current = Number(number);
    const cells = cut < 0 ? [] : row.slice(cut + 1).split(' ');
    const template = templates[current];
    if (template !== undefined) out.push(writeLine(template.parts, readRow(template, cells, above, names)));
  }
  return out.join('\n');
}

function readRow(
  { columns }: ReadTemplate,
  cells: readonly string[],
  above: string[],
  names: ReadonlyMap<string, string>,
): string[] {
  return columns.map((column, slot) => {
    const cell = cells[slot] ?? DITTO;
    const value = names.get(cell) ?? undittoValue(cell, above[column]);
    above[column] = value;
    return value;
  });
}

export const logForm: LosslessForm = {
  isWritten: (text) => text.startsWith(LOG_HEADER),
  decode: decodeLosslessLog,
};
