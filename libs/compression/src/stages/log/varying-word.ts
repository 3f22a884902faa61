import { isWordCode } from './value-ditto.js';

/** A place of a template where the lines have different words: what all of them have in common. */
export interface VaryingWord {
  /** One of the words. */
  readonly first: string;
  /** Characters that all words begin and end with; the two may overlap. */
  prefix: number;
  suffix: number;
  /** Characters of the shortest word. */
  shortest: number;
}

/** Characters that stay in a template before and behind a variable word. */
export interface Ends {
  readonly prefix: number;
  readonly suffix: number;
}

/** A place where only one word has been seen yet. */
export function oneWord(first: string): VaryingWord {
  const { length } = first;
  return { first, prefix: length, suffix: length, shortest: length };
}

/** Takes in another word, which stands in `line` from `start` to `end`. */
export function takeIn(word: VaryingWord, line: string, start: number, end: number): void {
  const { first } = word;
  word.shortest = Math.min(word.shortest, end - start);
  let most = Math.min(word.prefix, end - start);
  let same = 0;
  while (same < most && line.charCodeAt(start + same) === first.charCodeAt(same)) same++;
  word.prefix = same;
  most = Math.min(word.suffix, end - start);
  same = 0;
  while (same < most && line.charCodeAt(end - 1 - same) === first.charCodeAt(first.length - 1 - same)) same++;
  word.suffix = same;
}

/** The place of two templates in the one that tells the lines of both; changes the first where it varies already. */
export function joinWords(one: string | VaryingWord, other: string | VaryingWord): string | VaryingWord {
  if (one === other) return one;
  const joined = typeof one === 'string' ? oneWord(one) : one;
  if (typeof other === 'string') takeIn(joined, other, 0, other.length);
  else {
    takeIn(joined, other.first, 0, other.first.length);
    joined.prefix = Math.min(joined.prefix, other.prefix);
    joined.suffix = Math.min(joined.suffix, other.suffix);
    joined.shortest = Math.min(joined.shortest, other.shortest);
  }
  return joined;
}

/** How many characters all words begin and end with, cut back to the edge of a word's piece. */
export function endsOf({ first, prefix, suffix, shortest }: VaryingWord): Ends {
  let before = prefix;
  while (before > 0 && isWordCode(first.charCodeAt(before - 1))) before--;
  let behind = Math.min(suffix, shortest - before);
  while (behind > 0 && isWordCode(first.charCodeAt(first.length - behind))) behind--;
  return { prefix: before, suffix: behind };
}

/** {@link endsOf} for words at hand. */
export function commonEnds(words: readonly string[]): Ends {
  const all = oneWord(words[0] ?? '');
  for (const word of words) {
    takeIn(all, word, 0, word.length);
    if (all.prefix === 0 && all.suffix === 0) break;
  }
  return endsOf(all);
}
