import { fitted } from './template-fit.js';
import {
  BACKSLASH,
  type ColumnText,
  MIN_REFERENCE,
  type TemplatePiece,
  segments,
} from './template-pieces.js';

export interface Template {
  readonly pieces: readonly TemplatePiece[];
  /** Per row the own value; '' where there is none to write, undefined where the template does not give the text. */
  readonly own: readonly (string | undefined)[];
  readonly hasOwn: boolean;
}

const SAMPLES = 16;
/** A column that stands in fewer of the sampled texts is no part of them. */
const REFERENCE_SHARE = 0.75;
const MAX_BASES = 80;

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
