import { LineClasses } from './line-classes.js';
import type { LineCluster } from './line-cluster.js';
import { type Shape, partsOf, shapeOf, VARIABLE, withoutPadding } from './line-parts.js';
import { mergeSimilar } from './merge-templates.js';
import { endsOf, oneWord, takeIn } from './varying-word.js';

/** How often a long log looks at the clock. */
const LINES_BETWEEN_LOOKS = 4096;
/** Longer lines are taken as they are: they are payloads, not log lines. */
const MAX_LINE_CHARACTERS = 4000;
const MAX_PARTS = 400;

export interface TemplatedLines {
  /** Templates over the whole log. */
  readonly clusters: readonly LineCluster[];
  /** The finer clusters of lines that differ in their numbers alone. */
  readonly shapes: readonly LineCluster[];
  /** Per shape its template. */
  readonly clusterOfShape: Int32Array;
  /** Per line its shape; -1 for lines that have none. */
  readonly shapeOf: Int32Array;
  /** Per line the class of {@link LineClasses}. */
  readonly classOf: Int32Array;
}

export interface FindOptions {
  /** Runs of blanks inside a line are taken as one. */
  readonly ignoresPadding?: boolean | undefined;
  readonly isLate?: (() => boolean) | undefined;
}

/** What the lines of a class have in common. */
interface ClassWords extends Pick<Shape, 'numbers'> {
  readonly shape: number;
}

/**
 * Finds the templates of a whole log, not only of consecutive lines; linear in its length. Only the first line of a
 * class is cut into words, so that memory grows with what is new in a log and not with its length.
 * @returns undefined when it got too late.
 */
export function findTemplates(
  lines: readonly string[],
  { ignoresPadding = false, isLate }: FindOptions = {},
): TemplatedLines | undefined {
  const classes = new LineClasses(lines);
  const known: (ClassWords | undefined)[] = [];
  const shapes = new Shapes();
  const classOf = new Int32Array(lines.length);
  const shapeOf = new Int32Array(lines.length);
  for (let index = 0; index < lines.length; index++) {
    if (index % LINES_BETWEEN_LOOKS === 0 && isLate?.() === true) return undefined;
    const line = lines[index] ?? '';
    const id = classes.add(index);
    if (id === known.length) known.push(shapes.wordsOf(line, ignoresPadding));
    classOf[index] = id;
    const words = known[id];
    shapeOf[index] = words?.shape ?? -1;
    if (words !== undefined) shapes.add(words, line);
  }
  return { ...mergeSimilar(shapes.found), shapes: shapes.found, shapeOf, classOf };
}

class Shapes {
  readonly found: LineCluster[] = [];
  private readonly known = new Map<string, number>();

  /** Undefined for lines that belong to no template. */
  wordsOf(line: string, ignoresPadding: boolean): ClassWords | undefined {
    if (line.length > MAX_LINE_CHARACTERS || line.includes(VARIABLE) || line.includes('<^')) return undefined;
    const parts = partsOf(line);
    if (parts.length > MAX_PARTS) return undefined;
    const isPadded = ignoresPadding && line.includes('  ');
    const { key, numbers } = shapeOf(parts, isPadded);
    let shape = this.known.get(key);
    if (shape === undefined) {
      shape = this.found.push({ parts: isPadded ? withoutPadding(parts) : parts, size: 0 }) - 1;
      this.known.set(key, shape);
    }
    return { shape, numbers };
  }

  /** Counts a line into its shape: only its words with digits may differ from those of others. */
  add({ shape, numbers }: ClassWords, line: string): void {
    const cluster = this.found[shape];
    if (cluster === undefined) return;
    cluster.size++;
    if (cluster.size === 1) return;
    for (let at = 0; at < numbers.length; at += 3) {
      const place = numbers[at] ?? 0;
      const start = numbers[at + 1] ?? 0;
      const end = numbers[at + 2] ?? 0;
      const word = cluster.parts[place] ?? '';
      if (typeof word !== 'string') takeIn(word, line, start, end);
      else if (word.length !== end - start || !line.startsWith(word, start)) {
        const varying = oneWord(word);
        takeIn(varying, line, start, end);
        cluster.parts[place] = varying;
      }
    }
  }
}

/** The template as text, with `<*>` for each variable part; what all values begin and end with stays. */
export function shownTemplate({ parts }: LineCluster): string {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else {
      const { prefix, suffix } = endsOf(part);
      text += part.first.slice(0, prefix) + VARIABLE + part.first.slice(part.first.length - suffix);
    }
  }
  return text;
}
