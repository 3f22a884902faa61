import { isDigitCode, isWordCode, piecesOf } from './value-ditto.js';

/** What parts the words of a log line: white space, and signs that set a value off from its name. */
const SEPARATORS = /([\s|=,;()[\]{}"'<>]+)/;

/** Where a variable part stands in a template. */
export const VARIABLE = '<*>';

/** A line as words with the separators between them: word, separator, word, …, word. */
export function partsOf(line: string): string[] {
  return line.split(SEPARATORS);
}

const NAME = /^[A-Za-z]*[G-Zg-z][A-Za-z]*$/;
/** Long names beside a number stay in the shape of a word; hexadecimal ones such as `deadbeef` are no names. */
const NAME_CHARACTERS = 4;

/** The line's shape: pieces with digits are variable, and what is short beside them; everything else stands. */
export function shapeOf(parts: readonly string[]): string {
  let shape = '';
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? '';
    shape += index % 2 === 0 && hasDigit(part) ? shapeOfWord(part) : part;
    shape += '\u0001';
  }
  return shape;
}

export function hasDigit(word: string): boolean {
  for (let index = 0; index < word.length; index++) if (isDigitCode(word.charCodeAt(index))) return true;
  return false;
}

function shapeOfWord(word: string): string {
  let shape = '\u0000';
  for (const piece of piecesOf(word)) {
    if (piece.length >= NAME_CHARACTERS && !hasDigit(piece) && NAME.test(piece)) shape += `${piece}\u0000`;
  }
  return shape;
}

/** Characters that stay in a template before and behind a variable word. */
export interface Ends {
  readonly prefix: number;
  readonly suffix: number;
}

/** How many characters all words begin and end with, cut back to the edge of a word's piece. */
export function commonEnds(words: readonly string[]): Ends {
  const first = words[0] ?? '';
  let prefix = first.length;
  let suffix = first.length;
  let shortest = first.length;
  for (const word of words) {
    shortest = Math.min(shortest, word.length);
    prefix = Math.min(prefix, word.length);
    suffix = Math.min(suffix, word.length);
    let same = 0;
    while (same < prefix && word.charCodeAt(same) === first.charCodeAt(same)) same++;
    prefix = same;
    same = 0;
    while (
      same < suffix &&
      word.charCodeAt(word.length - 1 - same) === first.charCodeAt(first.length - 1 - same)
    )
      same++;
    suffix = same;
    if (prefix === 0 && suffix === 0) return { prefix, suffix };
  }
  while (prefix > 0 && isWordCode(first.charCodeAt(prefix - 1))) prefix--;
  suffix = Math.min(suffix, shortest - prefix);
  while (suffix > 0 && isWordCode(first.charCodeAt(first.length - suffix))) suffix--;
  return { prefix, suffix };
}
