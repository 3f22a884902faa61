const SPACE = /[ \t\r\n]*/y;
/** What can stand in JSON outside of strings and brackets. */
const BETWEEN = /[\s,:\d.+\-eE]+|true|false|null/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y;

export interface JsonBlock {
  /** After the closing bracket, or where the text ends before it. */
  readonly end: number;
  /** False where the text ends inside the document. */
  readonly isClosed: boolean;
}

/**
 * Finds the end of the JSON array or object that opens at `start`; undefined as soon as something stands there that
 * JSON cannot hold, so that code in braces costs nothing.
 */
export function jsonBlockAt(text: string, start: number): JsonBlock | undefined {
  const open: string[] = [];
  let at = start;
  while (at < text.length) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? '}' : ']');
      at++;
      if (character === '{' && !opensWithKey(text, at)) return undefined;
    } else if (character === '}' || character === ']') {
      if (open.pop() !== character) return undefined;
      at++;
      if (open.length === 0) return { end: at, isClosed: true };
    } else {
      const token = character === '"' ? STRING : BETWEEN;
      token.lastIndex = at;
      if (!token.test(text))
        return character === '"' && endsInString(text, at)
          ? { end: text.length, isClosed: false }
          : undefined;
      at = token.lastIndex;
    }
  }
  return { end: text.length, isClosed: false };
}

function opensWithKey(text: string, at: number): boolean {
  SPACE.lastIndex = at;
  SPACE.test(text);
  const next = text[SPACE.lastIndex];
  return next === '"' || next === '}' || next === undefined;
}

function endsInString(text: string, at: number): boolean {
  return !text.includes('\n', at);
}
