/** A piece of a template: text, the column whose value stands there, or the place of the cell's own value. */
export type TemplatePiece = string | { readonly column: number } | { readonly own: true };

export interface Template {
  readonly pieces: readonly TemplatePiece[];
  /** Per row the own value; '' where there is none to write, undefined where the template does not give the text. */
  readonly own: readonly (string | undefined)[];
  readonly hasOwn: boolean;
}

/** The inner text of a column's scalars, by row; undefined for what is absent or no scalar. */
export type ColumnText = readonly (string | undefined)[];

const SAMPLES = 16;
/** A column that stands in fewer of the sampled texts is no part of them. */
const REFERENCE_SHARE = 0.75;
/** An affix must hold for this share of the sampled texts; the others are told as exceptions. */
const AFFIX_SHARE = 0.85;
const MAX_BASES = 80;
const MIN_REFERENCE = 2;

const BACKSLASH = 0x5c;
const OWN = { own: true } as const;

/**
 * Finds how the texts of a column are made of those of other columns: `https://api.github.com/users/<login>/repos`.
 * What neither a constant nor another column gives is the cell's own.
 * @param bases the columns that may be named, by number
 */
export function findTemplate(
  texts: ColumnText,
  bases: ReadonlyMap<number, ColumnText>,
): Template | undefined {
  const present = [...texts.keys()].filter((row) => texts[row] !== undefined);
  if (present.length < 2) return undefined;
  const step = Math.max(1, Math.floor(present.length / SAMPLES));
  const samples = present.filter((_, index) => index % step === 0).slice(0, SAMPLES + 1);
  const usable = new Map([...bases].slice(0, MAX_BASES).filter(([, base]) => standsIn(base, texts, samples)));
  let best: Template | undefined;
  let bestSaved = 0;
  for (const probe of [samples[0], samples[samples.length >> 1], samples.at(-1)]) {
    const text = texts[probe ?? 0];
    if (probe === undefined || text === undefined) continue;
    const pieces = fitted(segments(text, probe, usable), texts, samples, usable);
    const template = applied(pieces, texts, usable);
    const saved = savedCharacters(template, texts);
    if (saved <= bestSaved) continue;
    best = template;
    bestSaved = saved;
  }
  return best;
}

function standsIn(base: ColumnText, texts: ColumnText, samples: readonly number[]): boolean {
  let holders = 0;
  let both = 0;
  for (const row of samples) {
    const value = base[row];
    if (value === undefined) continue;
    both++;
    if (value.length >= MIN_REFERENCE && texts[row]?.includes(value) === true) holders++;
  }
  return both > 0 && holders >= both * REFERENCE_SHARE && holders >= samples.length / 4;
}

/** The text of one row with the values of other columns in it replaced by their names, longest first. */
function segments(text: string, row: number, bases: ReadonlyMap<number, ColumnText>): TemplatePiece[] {
  let pieces: TemplatePiece[] = [text];
  const values = [...bases].map(([column, texts]) => ({ column, value: texts[row] ?? '' }));
  values.sort((a, b) => b.value.length - a.value.length || a.column - b.column);
  for (const { column, value } of values) {
    if (value.length < MIN_REFERENCE) continue;
    pieces = pieces.flatMap((piece) => (typeof piece === 'string' ? splitAt(piece, value, column) : [piece]));
  }
  return pieces;
}

function splitAt(text: string, value: string, column: number): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let start = 0;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at)) {
    const end = at + value.length;
    if (!isEdge(text, at) || !isEdge(text, end)) {
      at++;
      continue;
    }
    if (at > start) pieces.push(text.slice(start, at));
    pieces.push({ column });
    start = at = end;
  }
  if (start < text.length) pieces.push(text.slice(start));
  return pieces;
}

/** True where a word or a number begins or ends, and not inside an escape. */
function isEdge(text: string, at: number): boolean {
  if (text.charCodeAt(at - 1) === BACKSLASH) return false;
  const before = wordPart(text.charCodeAt(at - 1));
  return before === 0 || before !== wordPart(text.charCodeAt(at));
}

/** 1 for digits, 2 for letters, 0 for everything else. */
function wordPart(code: number): number {
  if (code >= 48 && code <= 57) return 1;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? 2 : 0;
}

/** The pieces that most samples begin and end with; what lies between is their own. */
function fitted(
  pieces: readonly TemplatePiece[],
  texts: ColumnText,
  samples: readonly number[],
  bases: ReadonlyMap<number, ColumnText>,
): TemplatePiece[] {
  const heads: number[] = [];
  const tails: number[] = [];
  let total = 0;
  for (const piece of pieces) total += sizeOf(piece);
  for (const row of samples) {
    const text = texts[row] ?? '';
    heads.push(matchedSize(pieces, text, row, bases, false));
    tails.push(matchedSize(pieces, text, row, bases, true));
  }
  const quantile = (sizes: number[]): number =>
    sizes.sort((a, b) => b - a)[Math.max(0, Math.ceil(sizes.length * AFFIX_SHARE) - 1)] ?? 0;
  const head = quantile(heads);
  if (head >= total) return [...pieces];
  const tail = Math.min(quantile(tails), total - head);
  return [...taken(pieces, head, false), OWN, ...taken(pieces, tail, true)];
}

/** A name is one whole; text is matched by the character. */
function sizeOf(piece: TemplatePiece): number {
  return typeof piece === 'string' ? piece.length : 1;
}

function matchedSize(
  pieces: readonly TemplatePiece[],
  text: string,
  row: number,
  bases: ReadonlyMap<number, ColumnText>,
  fromEnd: boolean,
): number {
  let size = 0;
  let at = 0;
  const count = pieces.length;
  for (let index = 0; index < count; index++) {
    const piece = pieces[fromEnd ? count - 1 - index : index];
    if (piece === undefined) break;
    const value = typeof piece === 'string' ? piece : 'column' in piece ? bases.get(piece.column)?.[row] : '';
    if (value === undefined) return size;
    const same = sharedEnd(value, text, at, fromEnd);
    if (same < value.length) return typeof piece === 'string' ? size + same : size;
    at += value.length;
    size += sizeOf(piece);
  }
  // All pieces, but not all of the text: the rest belongs to the last one.
  return at === text.length ? size : Math.max(0, size - 1);
}

function sharedEnd(value: string, text: string, at: number, fromEnd: boolean): number {
  const most = Math.min(value.length, text.length - at);
  for (let index = 0; index < most; index++) {
    const isSame = fromEnd
      ? value.charCodeAt(value.length - 1 - index) === text.charCodeAt(text.length - 1 - at - index)
      : value.charCodeAt(index) === text.charCodeAt(at + index);
    if (!isSame) return index;
  }
  return most;
}

/** The first (or last) `size` of the pieces, text cut back to the edge of a word. */
function taken(pieces: readonly TemplatePiece[], size: number, fromEnd: boolean): TemplatePiece[] {
  const result: TemplatePiece[] = [];
  const ordered = fromEnd ? [...pieces].reverse() : pieces;
  for (const piece of ordered) {
    if (size <= 0) break;
    const whole = sizeOf(piece);
    if (typeof piece === 'string' && size < whole) {
      let cut = size;
      const edge = (): number => (fromEnd ? whole - cut : cut);
      while (cut > 0 && !isEdge(piece, edge())) cut--;
      if (cut > 0) result.push(fromEnd ? piece.slice(whole - cut) : piece.slice(0, cut));
      break;
    }
    result.push(piece);
    size -= whole;
  }
  return fromEnd ? result.reverse() : result;
}

function applied(
  pieces: readonly TemplatePiece[],
  texts: ColumnText,
  bases: ReadonlyMap<number, ColumnText>,
): Template {
  const place = pieces.findIndex((piece) => typeof piece === 'object' && 'own' in piece);
  const hasOwn = place >= 0;
  const own = texts.map((text, row) => {
    if (text === undefined) return undefined;
    const head = textOf(hasOwn ? pieces.slice(0, place) : pieces, row, bases);
    const tail = hasOwn ? textOf(pieces.slice(place + 1), row, bases) : '';
    if (head === undefined || tail === undefined) return undefined;
    if (!hasOwn) return head === text ? '' : undefined;
    if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail))
      return undefined;
    const value = text.slice(head.length, text.length - tail.length);
    return endsInsideEscape(value) ? undefined : value;
  });
  return { pieces, own, hasOwn };
}

function endsInsideEscape(value: string): boolean {
  let backslashes = 0;
  while (value.charCodeAt(value.length - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function textOf(
  pieces: readonly TemplatePiece[],
  row: number,
  bases: ReadonlyMap<number, ColumnText>,
): string | undefined {
  let text = '';
  for (const piece of pieces) {
    const value = typeof piece === 'string' ? piece : 'column' in piece ? bases.get(piece.column)?.[row] : '';
    if (value === undefined) return undefined;
    text += value;
  }
  return text;
}

function savedCharacters({ own }: Template, texts: ColumnText): number {
  let saved = 0;
  for (const [row, value] of own.entries())
    saved += value === undefined ? 0 : (texts[row] ?? '').length - value.length;
  return saved;
}
