import type { LosslessForm } from '../../lossless-form.js';
import { VARIABLE } from './line-parts.js';
import { type LineCluster, type TemplatedLines, findTemplates } from './find-templates.js';
import { dittoValue, undittoValue } from './value-ditto.js';

/** The first line of the form; it tells a reader how to read the rest. */
export const LOG_HEADER =
  '[log templates: "#n" defines template n; a row is "n values" or " values" for the same n again; <*> takes the next value, ^ is as above, ^x as above up to x; "|" is verbatim]';

/** A template pays from this many lines. */
const MIN_LINES = 2;

interface Template {
  readonly number: number;
  readonly text: string;
  /** Per variable part: its position among the words, and what all its values begin and end with. */
  readonly slots: readonly { readonly part: number; readonly prefix: number; readonly suffix: number }[];
}

/** Writes a log as templates over the whole text and one row per line. {@link decodeLosslessLog} gives back the text. */
export function encodeLosslessLog(text: string, templated = findTemplates(text.split('\n'))): string {
  const lines = text.split('\n');
  const templates = new Map<number, Template>();
  const out: string[] = [LOG_HEADER];
  for (const [id, cluster] of templated.clusters.entries()) {
    if (cluster.lines.length < MIN_LINES) continue;
    const template = templateOf(cluster, templated, templates.size + 1);
    templates.set(id, template);
    out.push(`#${String(template.number)} ${template.text}`);
  }
  const above: string[] = [];
  let current = 0;
  for (const [index, line] of lines.entries()) {
    const template = templates.get(templated.clusterOf[index] ?? -1);
    const parts = templated.parts[index];
    if (template === undefined || parts === undefined) {
      out.push(`|${line}`);
      continue;
    }
    const row = rowOf(template, parts, above);
    const cells = row.length > 0 ? ` ${row.join(' ')}` : '';
    out.push(template.number === current ? cells : String(template.number) + cells);
    current = template.number;
  }
  return out.join('\n');
}

/** The cells of a line; those at the end that are as above are left out. */
function rowOf(template: Template, parts: readonly string[], above: string[]): string[] {
  const cells: string[] = [];
  let used = 0;
  for (const [slot, { part, prefix, suffix }] of template.slots.entries()) {
    const word = parts[part] ?? '';
    const value = word.slice(prefix, word.length - suffix);
    const cell = dittoValue(value, above[slot]);
    above[slot] = value;
    cells.push(cell);
    if (cell !== '^') used = cells.length;
  }
  return cells.slice(0, used);
}

function templateOf(cluster: LineCluster, { parts }: TemplatedLines, number: number): Template {
  const slots: { part: number; prefix: number; suffix: number }[] = [];
  let text = '';
  for (const [part, constant] of cluster.parts.entries()) {
    if (constant !== undefined) {
      text += constant;
      continue;
    }
    const words = cluster.lines.map((line) => parts[line]?.[part] ?? '');
    const { prefix, suffix } = commonEnds(words);
    const first = words[0] ?? '';
    slots.push({ part, prefix, suffix });
    text += first.slice(0, prefix) + VARIABLE + first.slice(first.length - suffix);
  }
  return { number, text, slots };
}

/** How many characters all words begin and end with, cut back to the edge of a word's piece. */
function commonEnds(words: readonly string[]): { prefix: number; suffix: number } {
  const first = words[0] ?? '';
  let prefix = first.length;
  let suffix = first.length;
  let shortest = first.length;
  for (const word of words) {
    shortest = Math.min(shortest, word.length);
    while (prefix > 0 && !word.startsWith(first.slice(0, prefix))) prefix--;
    while (suffix > 0 && !word.endsWith(first.slice(first.length - suffix))) suffix--;
    if (prefix === 0 && suffix === 0) break;
  }
  const isPiece = (at: number): boolean => /[A-Za-z0-9]/.test(first.charAt(at));
  while (prefix > 0 && isPiece(prefix - 1)) prefix--;
  suffix = Math.min(suffix, shortest - prefix);
  while (suffix > 0 && isPiece(first.length - suffix)) suffix--;
  return { prefix, suffix: Math.max(0, suffix) };
}

/** The inverse of {@link encodeLosslessLog}. */
export function decodeLosslessLog(encoded: string): string {
  const lines = encoded.split('\n');
  const templates: string[][] = [[]];
  let next = 1;
  for (; lines[next]?.startsWith('#') === true; next++) {
    const line = lines[next] ?? '';
    templates.push(line.slice(line.indexOf(' ') + 1).split(VARIABLE));
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
    out.push(lineOf(templates[current] ?? [], cells, above));
  }
  return out.join('\n');
}

function lineOf(constants: readonly string[], cells: readonly string[], above: string[]): string {
  let line = constants[0] ?? '';
  for (let slot = 0; slot + 1 < constants.length; slot++) {
    const cell = cells[slot];
    const value = cell === undefined ? (above[slot] ?? '') : undittoValue(cell, above[slot]);
    above[slot] = value;
    line += value + (constants[slot + 1] ?? '');
  }
  return line;
}

export const logForm: LosslessForm = {
  isWritten: (text) => text.startsWith(LOG_HEADER),
  decode: decodeLosslessLog,
};
