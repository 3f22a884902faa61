import { isDigitCode, piecesOf } from './value-ditto.js';

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
  if (word.length <= NAME_CHARACTERS) return shape;
  for (const piece of piecesOf(word)) {
    if (piece.length >= NAME_CHARACTERS && NAME.test(piece)) shape += `${piece}\u0000`;
  }
  return shape;
}
