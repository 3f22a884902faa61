/** A stretch of JSON text, half-open: `text.slice(start, end)` is the value's own text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface MemberSpan extends Span {
  readonly key: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * The members of the object that starts at `at`, in text order, duplicates included; values are skipped, not
 * parsed. Only for text that `JSON.parse` has accepted.
 */
export function memberSpans(text: string, at = 0): MemberSpan[] {
  const members: MemberSpan[] = [];
  let position = skipSpace(text, skipSpace(text, at) + 1);
  while (text.charCodeAt(position) !== CLOSE_BRACE) {
    const keyEnd = endOfString(text, position);
    const key = JSON.parse(text.slice(position, keyEnd)) as string;
    const start = skipSpace(text, skipPast(text, keyEnd, COLON));
    const end = endOfValue(text, start);
    members.push({ key, start, end });
    position = skipSpace(text, end);
    if (text.charCodeAt(position) === COMMA) position = skipSpace(text, position + 1);
  }
  return members;
}

/** The elements of the array that starts at `at`; see {@link memberSpans}. */
export function elementSpans(text: string, at = 0): Span[] {
  const elements: Span[] = [];
  let position = skipSpace(text, skipSpace(text, at) + 1);
  while (text.charCodeAt(position) !== CLOSE_BRACKET) {
    const end = endOfValue(text, position);
    elements.push({ start: position, end });
    position = skipSpace(text, end);
    if (text.charCodeAt(position) === COMMA) position = skipSpace(text, position + 1);
  }
  return elements;
}

/** One replacement of a stretch of text. */
export interface Splice extends Span {
  readonly text: string;
}

/** Applies replacements that do not overlap; every byte outside them stays as it was. */
export function splice(text: string, splices: readonly Splice[]): string {
  const ordered = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  const pieces: string[] = [];
  let position = 0;
  for (const { start, end, text: replacement } of ordered) {
    pieces.push(text.slice(position, start), replacement);
    position = end;
  }
  pieces.push(text.slice(position));
  return pieces.join('');
}

function skipSpace(text: string, position: number): number {
  for (;;) {
    const code = text.charCodeAt(position);
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) position++;
    else return position;
  }
}

function skipPast(text: string, position: number, code: number): number {
  position = skipSpace(text, position);
  return text.charCodeAt(position) === code ? position + 1 : position;
}

/** The position after the string whose opening quote is at `position`. */
function endOfString(text: string, position: number): number {
  let quote = position;
  for (;;) {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

function endOfValue(text: string, position: number): number {
  const first = text.charCodeAt(position);
  if (first === QUOTE) return endOfString(text, position);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return endOfScalar(text, position);
  let depth = 0;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) {
      position = endOfString(text, position);
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return position + 1;
    }
    position++;
  }
  return position;
}

function endOfScalar(text: string, position: number): number {
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code <= 0x20) return position;
    position++;
  }
  return position;
}
