import { type Ends, commonEnds } from './varying-word.js';
import type { LineCluster } from './line-cluster.js';
import { VARIABLE } from './line-parts.js';
import { piecesOf } from './value-ditto.js';

/** A variable part of a template: where its value stands in a line's words. */
export interface Slot {
  /** Position among the words and separators of a line. */
  readonly part: number;
  /** Characters of the word before and behind the value. */
  readonly prefix: number;
  readonly suffix: number;
  /** The earlier slot whose value stands between the value and the suffix. */
  readonly tail?: number | undefined;
}

export interface Template {
  /** `<*>` takes a value, `<^2>` repeats the second value of the row, `<^2.1>` its piece 1 (counted from 0). */
  readonly text: string;
  readonly slots: readonly Slot[];
}

/** A cluster with the words and separators of each of its lines. */
export interface ClusterWords {
  readonly cluster: LineCluster;
  readonly lines: readonly (readonly string[])[];
}

/** A value that later words of the line may repeat, whole or in pieces. */
interface Column {
  readonly slot: number;
  readonly values: readonly string[];
  /** The pieces of each value; undefined where values differ in their make. */
  readonly pieces: readonly (readonly string[])[] | undefined;
}

/** Pieces shorter than this repeat by chance. */
const MIN_PIECE_CHARACTERS = 2;
/** Values shorter than this end a word by chance. */
const MIN_TAIL_CHARACTERS = 3;
/** How many earlier values a word is compared with. */
const MAX_COMPARED = 12;

/** The templates of clusters: what their lines share, with a slot for each value that nothing earlier in the line tells. */
export function templatesOf(clusters: readonly ClusterWords[]): Template[] {
  const alike = new Map<string, number[]>();
  for (const [id, { cluster }] of clusters.entries()) {
    const before = cluster.parts.slice(0, Math.max(0, firstSlot(cluster)));
    const beginning = before.filter((part) => typeof part === 'string').join('');
    const ids = alike.get(beginning);
    if (ids === undefined) alike.set(beginning, [id]);
    else ids.push(id);
  }
  const ends: Ends[] = [];
  for (const ids of alike.values()) {
    // The first value, mostly a time, is cut alike in all templates that begin alike: one column for all of them.
    const words = ids.flatMap((id) => firstWords(clusters[id]));
    const shared = commonEnds(words);
    for (const id of ids) ends[id] = shared;
  }
  return clusters.map((cluster, id) => templateOf(cluster, ends[id]));
}

function firstSlot({ parts }: LineCluster): number {
  return parts.findIndex((part) => typeof part !== 'string');
}

function firstWords(words: ClusterWords | undefined): string[] {
  return words === undefined ? [] : wordsAt(words.lines, firstSlot(words.cluster));
}

function wordsAt(lines: readonly (readonly string[])[], part: number): string[] {
  return lines.map((words) => words[part] ?? '');
}

function templateOf({ cluster, lines }: ClusterWords, firstEnds: Ends | undefined): Template {
  const slots: Slot[] = [];
  const columns: Column[] = [];
  let text = '';
  for (const [part, constant] of cluster.parts.entries()) {
    if (typeof constant === 'string') {
      text += constant;
      continue;
    }
    const words = wordsAt(lines, part);
    const { prefix, suffix } = (slots.length === 0 ? firstEnds : undefined) ?? commonEnds(words);
    const first = words[0] ?? '';
    const values = words.map((word) => word.slice(prefix, word.length - suffix));
    text += first.slice(0, prefix);
    text += slotText({ part, prefix, suffix }, values, slots, columns);
    text += first.slice(first.length - suffix);
  }
  return { text, slots };
}

function slotText(whole: Slot, values: readonly string[], slots: Slot[], columns: Column[]): string {
  const compared = columns.slice(-MAX_COMPARED);
  const copied = compared.find((column) => isSame(column.values, values));
  if (copied !== undefined) return `<^${String(copied.slot + 1)}>`;
  const pieces = uniformPieces(values);
  if (pieces === undefined || leadingCopies(pieces, compared).length === 0) {
    const tail = compared.find((column) => isTail(column.values, values));
    if (tail !== undefined) return textBeforeTail(whole, values, tail, slots, columns);
    columns.push({ slot: slots.length, values, pieces });
    slots.push(whole);
    return VARIABLE;
  }
  const references = leadingCopies(pieces, compared);
  const first = pieces[0] ?? [];
  let text = '';
  let length = 0;
  for (const [index, reference] of references.entries()) {
    text += reference + (first[2 * index + 1] ?? '');
    length += (first[2 * index] ?? '').length + (first[2 * index + 1] ?? '').length;
  }
  if (2 * references.length >= first.length) return text;
  const rest = values.map((value) => value.slice(length));
  columns.push({ slot: slots.length, values: rest, pieces: uniformPieces(rest) });
  slots.push({ ...whole, prefix: whole.prefix + length });
  return text + VARIABLE;
}

/** A word that ends in an earlier value, such as a path that ends in an id. */
function textBeforeTail(
  whole: Slot,
  values: readonly string[],
  tail: Column,
  slots: Slot[],
  columns: Column[],
): string {
  const rest = values.map((value, row) => value.slice(0, value.length - (tail.values[row]?.length ?? 0)));
  const reference = `<^${String(tail.slot + 1)}>`;
  const first = rest[0] ?? '';
  if (rest.every((value) => value === first)) return first + reference;
  const { prefix, suffix } = commonEnds(rest);
  const own = rest.map((value) => value.slice(prefix, value.length - suffix));
  columns.push({ slot: slots.length, values: own, pieces: uniformPieces(own) });
  slots.push({
    part: whole.part,
    prefix: whole.prefix + prefix,
    suffix: whole.suffix + suffix,
    tail: tail.slot,
  });
  return first.slice(0, prefix) + VARIABLE + first.slice(first.length - suffix) + reference;
}

function isTail(tails: readonly string[], values: readonly string[]): boolean {
  return tails.every(
    (tail, row) => tail.length >= MIN_TAIL_CHARACTERS && values[row]?.endsWith(tail) === true,
  );
}

/** References for the first pieces of a word, as far as earlier values tell them and they are of one length. */
function leadingCopies(pieces: readonly (readonly string[])[], columns: readonly Column[]): string[] {
  const references: string[] = [];
  const count = pieces[0]?.length ?? 0;
  for (let piece = 0; piece < count; piece += 2) {
    const reference = findPiece(pieces, piece, columns);
    if (reference === undefined) break;
    references.push(reference);
  }
  return references;
}

function findPiece(
  pieces: readonly (readonly string[])[],
  piece: number,
  columns: readonly Column[],
): string | undefined {
  const length = pieces[0]?.[piece]?.length ?? 0;
  if (length < MIN_PIECE_CHARACTERS || pieces.some((line) => line[piece]?.length !== length))
    return undefined;
  for (const column of columns) {
    const sources = column.pieces;
    const count = sources?.[0]?.length ?? 0;
    for (let source = 0; sources !== undefined && source < count; source += 2) {
      if (!pieces.every((line, row) => line[piece] === sources[row]?.[source])) continue;
      const place = count === 1 ? '' : `.${String(source / 2)}`;
      return `<^${String(column.slot + 1)}${place}>`;
    }
  }
  return undefined;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.every((value, index) => value === other[index]);
}

/** The pieces of all values where they are parted alike. */
function uniformPieces(values: readonly string[]): string[][] | undefined {
  const first = piecesOf(values[0] ?? '');
  const all: string[][] = [];
  for (const value of values) {
    const pieces = piecesOf(value);
    if (pieces.length !== first.length) return undefined;
    for (let index = 1; index < pieces.length; index += 2) {
      if (pieces[index] !== first[index]) return undefined;
    }
    all.push(pieces);
  }
  return all;
}
