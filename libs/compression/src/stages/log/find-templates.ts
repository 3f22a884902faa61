import { commonEnds, hasDigit, partsOf, shapeOf, VARIABLE } from './line-parts.js';

/** How often a long log looks at the clock. */
const LINES_BETWEEN_LOOKS = 4096;
/** Longer lines are taken as they are: they are payloads, not log lines. */
const MAX_LINE_CHARACTERS = 4000;
const MAX_PARTS = 400;
/** Two shapes with the same separators are one template when at least this share of their words is the same. */
const SAME_WORDS = 0.6;
/** How many templates of the same separators a new shape is compared with. */
const MAX_COMPARED = 24;

/** Lines that differ only in their variable parts. */
export interface LineCluster {
  /** Words and separators; undefined where the lines differ. */
  readonly parts: (string | undefined)[];
  /** Line positions, ascending. */
  readonly lines: number[];
}

export interface TemplatedLines {
  /** Templates over the whole log. */
  readonly clusters: readonly LineCluster[];
  /** Per line its cluster; -1 for lines that belong to none. */
  readonly clusterOf: Int32Array;
  /** The finer clusters of lines that differ in their numbers alone. */
  readonly shapes: readonly LineCluster[];
  readonly shapeOf: Int32Array;
  /** Per line its words and separators; empty where they were not to be kept. */
  readonly parts: readonly (readonly string[] | undefined)[];
}

export interface FindOptions {
  /** Keep the words of every line; of very long logs they take several times the log's own memory. */
  readonly keepsParts?: boolean | undefined;
  readonly isLate?: (() => boolean) | undefined;
}

/**
 * Finds the templates of a whole log, not only of consecutive lines; linear in its length.
 * @returns undefined when it got too late.
 */
export function findTemplates(
  lines: readonly string[],
  { keepsParts = true, isLate }: FindOptions = {},
): TemplatedLines | undefined {
  const byShape = new Map<string, LineCluster>();
  const parts: (readonly string[] | undefined)[] = [];
  for (const [index, line] of lines.entries()) {
    if (index % LINES_BETWEEN_LOOKS === 0 && isLate?.() === true) return undefined;
    const split = partsOfLine(line);
    if (keepsParts) parts.push(split);
    if (split === undefined) continue;
    const shape = shapeOf(split);
    const cluster = byShape.get(shape);
    if (cluster === undefined) byShape.set(shape, { parts: [...split], lines: [index] });
    else {
      generalise(cluster.parts, split);
      cluster.lines.push(index);
    }
  }
  const shapes = [...byShape.values()];
  const clusters = mergeSimilar(shapes);
  const { length } = lines;
  return {
    clusters,
    clusterOf: membership(clusters, length),
    shapes,
    shapeOf: membership(shapes, length),
    parts,
  };
}

function partsOfLine(line: string): string[] | undefined {
  if (line.length > MAX_LINE_CHARACTERS || line.includes(VARIABLE) || line.includes('<^')) return undefined;
  const split = partsOf(line);
  return split.length > MAX_PARTS ? undefined : split;
}

function membership(clusters: readonly LineCluster[], lineCount: number): Int32Array {
  const of = new Int32Array(lineCount).fill(-1);
  for (const [id, cluster] of clusters.entries()) for (const line of cluster.lines) of[line] = id;
  return of;
}

function generalise(template: (string | undefined)[], parts: readonly (string | undefined)[]): void {
  for (let index = 0; index < template.length; index += 2) {
    if (template[index] !== parts[index]) template[index] = undefined;
  }
}

/** A template while others are compared with it. */
interface Comparable {
  readonly cluster: LineCluster;
  /** Its words; undefined where they vary or have digits, and for empty ones. */
  readonly words: (string | undefined)[];
  /** How many words stand. */
  standing: number;
}

function mergeSimilar(clusters: readonly LineCluster[]): LineCluster[] {
  const bySeparators = new Map<string, Comparable[]>();
  const merged: LineCluster[] = [];
  for (const cluster of clusters) {
    let separators = '';
    const words: (string | undefined)[] = [];
    let standing = 0;
    for (const [index, part] of cluster.parts.entries()) {
      if (index % 2 === 1) separators += `${part ?? ''}\u0001`;
      else {
        const word = part === undefined || part === '' || hasDigit(part) ? undefined : part;
        if (word !== undefined) standing++;
        words.push(word);
      }
    }
    let alike = bySeparators.get(separators);
    if (alike === undefined) bySeparators.set(separators, (alike = []));
    const home = alike.find((other) => isSimilar(other, words, standing));
    if (home === undefined) {
      const own = { parts: [...cluster.parts], lines: [...cluster.lines] };
      merged.push(own);
      if (alike.length < MAX_COMPARED) alike.push({ cluster: own, words, standing });
      continue;
    }
    generalise(home.cluster.parts, cluster.parts);
    for (const [index, word] of words.entries()) {
      if (home.words[index] === undefined || home.words[index] === word) continue;
      home.words[index] = undefined;
      home.standing--;
    }
    for (const line of cluster.lines) home.cluster.lines.push(line);
  }
  for (const cluster of merged) cluster.lines.sort((a, b) => a - b);
  return merged;
}

/** What varies in both counts for nothing: a line of numbers is like another by its few words. */
function isSimilar(home: Comparable, words: readonly (string | undefined)[], standing: number): boolean {
  // Words that stand in one of the two alone are words that differ.
  if (Math.min(home.standing, standing) < Math.max(home.standing, standing) * SAME_WORDS) return false;
  let same = 0;
  let compared = 0;
  for (let index = 0; index < words.length; index++) {
    const here = home.words[index];
    const there = words[index];
    if (here === undefined && there === undefined) continue;
    compared++;
    if (here === there) same++;
  }
  return same >= 2 && same >= compared * SAME_WORDS;
}

/** The template as text, with `<*>` for each variable part; what all values begin and end with stays. */
export function shownTemplate({ parts, lines }: LineCluster, templated: TemplatedLines): string {
  return parts
    .map((constant, part) => {
      if (constant !== undefined) return constant;
      if (templated.parts.length === 0) return VARIABLE;
      const words = lines.map((line) => templated.parts[line]?.[part] ?? '');
      const { prefix, suffix } = commonEnds(words);
      const first = words[0] ?? '';
      return first.slice(0, prefix) + VARIABLE + first.slice(first.length - suffix);
    })
    .join('');
}
