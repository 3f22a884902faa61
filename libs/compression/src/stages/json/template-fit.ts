import { type ColumnText, type TemplatePiece, isEdge } from './template-pieces.js';

/** An affix must hold for this share of the sampled texts; the others are told as exceptions. */
const AFFIX_SHARE = 0.85;
const OWN = { own: true } as const;

/** The pieces that most samples begin and end with; what lies between is their own. */
export function fitted(
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
