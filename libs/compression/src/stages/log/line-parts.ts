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
export interface Shape {
  readonly key: string;
  /** The words with digits, three numbers each: place among the parts, start and end in the line. */
  readonly numbers: readonly number[];
}

export function shapeOf(parts: readonly string[], ignoresPadding: boolean): Shape {
  const numbers: number[] = [];
  let key = '';
  let at = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? '';
    if (index % 2 === 1) key += ignoresPadding ? separatorAt(parts, index) : part;
    else if (hasDigit(part)) {
      numbers.push(index, at, at + part.length);
      key += shapeOfWord(part);
    } else key += part;
    key += '\u0001';
    at += part.length;
  }
  return { key, numbers };
}

/** Runs of blanks inside a line as one: columns that are padded differently are the same columns. */
export function withoutPadding(parts: readonly string[]): string[] {
  return parts.map((part, index) => (index % 2 === 1 ? separatorAt(parts, index) : part));
}

function separatorAt(parts: readonly string[], index: number): string {
  const separator = parts[index] ?? '';
  if (!separator.includes('  ')) return separator;
  const isIndented = index === 1 && parts[0] === '' && (parts.length > 3 || parts[2] !== '');
  const indent = isIndented ? / */.exec(separator)?.[0] : undefined;
  return (indent ?? '') + separator.slice(indent?.length ?? 0).replace(/ {2,}/g, ' ');
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
