/** What parts the words of a log line: white space, and signs that set a value off from its name. */
const SEPARATORS = /([\s|=,;()[\]{}"'<>]+)/;

/** Where a variable part stands in a template. */
export const VARIABLE = '<*>';

/** A line as words with the separators between them: word, separator, word, …, word. */
export function partsOf(line: string): string[] {
  return line.split(SEPARATORS);
}

/** The line's shape: words with digits are variable, everything else stands. */
export function shapeOf(parts: readonly string[]): string {
  let shape = '';
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? '';
    shape += index % 2 === 0 && /\d/.test(part) ? '\u0000' : part;
    shape += '\u0001';
  }
  return shape;
}
