import type { EncodingName } from './encodings.js';

/**
 * The encodings' own patterns for cutting text into pieces, said for ASCII alone: without Unicode classes they run
 * about ten times as fast. Every character of an ASCII text belongs to exactly one piece.
 * Source: tiktoken, `openai_public.py`.
 */
const CONTRACTION = `'(?:[sS]|[dD]|[mM]|[tT]|[lL][lL]|[vV][eE]|[rR][eE])`;
const PIECES: Readonly<Record<EncodingName, string>> = {
  o200k_base:
    `[^\\r\\nA-Za-z0-9]?[A-Z]*[a-z]+(?:${CONTRACTION})?|[^\\r\\nA-Za-z0-9]?[A-Z]+[a-z]*(?:${CONTRACTION})?|` +
    `[0-9]{1,3}| ?[^\\sA-Za-z0-9]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  cl100k_base:
    `${CONTRACTION}|[^\\r\\nA-Za-z0-9]?[A-Za-z]+|[0-9]{1,3}| ?[^\\sA-Za-z0-9]+[\\r\\n]*|` +
    `\\s+$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s`,
};

const REMEMBERED_PIECES = 100_000;
const MAX_REMEMBERED_CHARACTERS = 64;
/** V8 copies shorter slices; a longer one keeps the whole text that it was cut from in memory. */
const COPIED_CHARACTERS = 12;

/** Counts the tokens of ASCII text piece by piece, remembering what each piece costs. */
export class AsciiPieceCounter {
  private readonly pattern: RegExp;
  private readonly costs = new Map<string, number>();

  constructor(
    encoding: EncodingName,
    private readonly countPiece: (piece: string) => number,
  ) {
    this.pattern = new RegExp(PIECES[encoding], 'g');
  }

  /** Tokens of `text` from `start` to `end`, which must be ends of pieces. */
  count(text: string, start: number, end: number): number {
    const stretch = start === 0 && end === text.length ? text : text.slice(start, end);
    const { pattern } = this;
    let tokens = 0;
    let from = 0;
    pattern.lastIndex = 0;
    while (pattern.test(stretch)) {
      const to = pattern.lastIndex;
      tokens += isOneToken(stretch, from, to) ? 1 : this.costOf(stretch.slice(from, to));
      from = to;
    }
    return tokens;
  }

  private costOf(piece: string): number {
    const known = this.costs.get(piece);
    if (known !== undefined) return known;
    if (piece.length > MAX_REMEMBERED_CHARACTERS) return this.countPiece(piece);
    const own = piece.length > COPIED_CHARACTERS ? Buffer.from(piece, 'latin1').toString('latin1') : piece;
    const cost = this.countPiece(own);
    if (this.costs.size >= REMEMBERED_PIECES) this.costs.clear();
    this.costs.set(own, cost);
    return cost;
  }
}

/** Single characters, and numbers, which the patterns cut into threes, are tokens of their own. */
function isOneToken(text: string, from: number, to: number): boolean {
  if (to - from === 1) return true;
  const first = text.charCodeAt(from);
  return first >= 0x30 && first <= 0x39;
}

/** A stretch of text, half-open, that begins and ends between pieces. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly isAscii: boolean;
}

const NOT_ASCII = /[^\x00-\x7f]/g;
/** After an ASCII letter that neither a letter nor an apostrophe nor anything foreign follows, a piece has ended. */
const PIECE_END = /[A-Za-z](?=[^A-Za-z'\x80-\uffff])/g;

/** Cuts text between pieces into stretches of pure ASCII and others; most texts are one stretch. */
export function asciiStretches(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let start = 0;
  while (start < text.length) {
    const foreign = indexFrom(NOT_ASCII, text, start) ?? text.length;
    const asciiEnd = foreign === text.length ? foreign : lastPieceEnd(text, start, foreign);
    if (asciiEnd > start) stretches.push({ start, end: asciiEnd, isAscii: true });
    if (foreign === text.length) break;
    const lastLetter = indexFrom(PIECE_END, text, foreign);
    const end = lastLetter === undefined ? text.length : lastLetter + 1;
    stretches.push({ start: asciiEnd, end, isAscii: false });
    start = end;
  }
  return stretches;
}

/** The last end of a piece between `start` and `before`; `start` itself when there is none. */
function lastPieceEnd(text: string, start: number, before: number): number {
  for (let end = before - 1; end > start; end--) {
    if (isLetter(text.charCodeAt(end - 1)) && !isLetter(text.charCodeAt(end)) && text.charAt(end) !== "'")
      return end;
  }
  return start;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function indexFrom(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index;
}
