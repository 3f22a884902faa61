/**
 * BPE merges cost the square of a piece's length, and a piece is a run of letters, of white space or of signs. Natural
 * text has no longer runs than these; cutting them makes counting linear, at the price of at most a token or so per
 * cut. Letters merge into short tokens, so their runs cost most; padding and rules are long in real tool outputs.
 */
const MAX_RUN_CHARACTERS = { letter: 256, space: 1024, sign: 1024 } as const;
const SHORTEST_LIMIT = 256;

/** What continues a run: marks join letters and signs alike, so they belong to any run they stand in. */
type RunClass = 'letter' | 'space' | 'sign' | 'mark' | 'digit';

const ASCII_CLASSES: readonly RunClass[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z]/i.test(character)) return 'letter';
  if (/[0-9]/.test(character)) return 'digit';
  return /\s/.test(character) ? 'space' : 'sign';
});

/**
 * The positions at which to cut `text` so that no run is longer than its limit; none for almost every text. Never
 * inside a surrogate pair, and never where a run begins or ends: what a run's neighbours merge with stays. A run
 * longer than the limit covers a multiple of it, so only those positions are looked at.
 */
export function longRunCuts(text: string): number[] {
  const cuts: number[] = [];
  let position = SHORTEST_LIMIT - 1;
  let done = 0;
  while (position < text.length) {
    const { start, end, limit } = runAround(text, position, done);
    for (let cut = start + limit; cut < end; cut += limit) {
      cuts.push(isLowSurrogate(text.charCodeAt(cut)) ? cut - 1 : cut);
    }
    position = nextMultiple(Math.max(position, end - 1));
    done = end;
  }
  return cuts;
}

function nextMultiple(position: number): number {
  return (Math.floor((position + 1) / SHORTEST_LIMIT) + 1) * SHORTEST_LIMIT - 1;
}

/** The run that holds `position`, looked for from `from` on. Digits never run: the encodings cut numbers into threes. */
function runAround(
  text: string,
  position: number,
  from: number,
): { start: number; end: number; limit: number } {
  const run = new Run();
  let end = position;
  while (end < text.length && run.joins(classAt(text, end))) end++;
  let start = position;
  while (start > from && run.joins(classAt(text, start - 1))) start--;
  return { start, end, limit: run.limit };
}

class Run {
  private kind: Exclude<RunClass, 'digit' | 'mark'> | undefined;

  joins(next: RunClass): boolean {
    if (next === 'digit') return false;
    if (next === 'mark') return true;
    this.kind ??= next;
    return this.kind === next;
  }

  get limit(): number {
    return MAX_RUN_CHARACTERS[this.kind ?? 'letter'];
  }
}

function classAt(text: string, position: number): RunClass {
  const code = text.charCodeAt(position);
  const ascii = ASCII_CLASSES[code];
  if (ascii !== undefined) return ascii;
  const character =
    isLowSurrogate(code) && position > 0 ? text.codePointAt(position - 1) : text.codePointAt(position);
  return classOf(String.fromCodePoint(character !== undefined && character > 0xffff ? character : code));
}

function classOf(character: string): RunClass {
  if (/\p{L}/u.test(character)) return 'letter';
  if (/\p{M}/u.test(character)) return 'mark';
  if (/\p{N}/u.test(character)) return 'digit';
  return /\s/u.test(character) ? 'space' : 'sign';
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
