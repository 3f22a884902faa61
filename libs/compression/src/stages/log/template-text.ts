import { VARIABLE } from './line-parts.js';
import { piecesOf } from './value-ditto.js';

/** What a template says about one place of a line: literal text, the next value, or (a piece of) an earlier value. */
export type TemplatePart =
  | { readonly literal: string }
  | { readonly slot: number }
  | { readonly copyOf: number; readonly piece: number | undefined };

const PLACE = /<\*>|<\^(\d{1,4})(?:\.(\d{1,4}))?>/g;

/** Reads a template's text as it is written. */
export function readTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  let slot = 0;
  for (const match of text.matchAll(PLACE)) {
    if (match.index > at) parts.push({ literal: text.slice(at, match.index) });
    at = match.index + match[0].length;
    if (match[0] === VARIABLE) parts.push({ slot: slot++ });
    else {
      parts.push({
        copyOf: Number(match[1]) - 1,
        piece: match[2] === undefined ? undefined : 2 * Number(match[2]),
      });
    }
  }
  if (at < text.length) parts.push({ literal: text.slice(at) });
  return parts;
}

/** The line that a template and its values make. */
export function writeLine(parts: readonly TemplatePart[], values: readonly string[]): string {
  let line = '';
  for (const part of parts) {
    if ('literal' in part) line += part.literal;
    else if ('slot' in part) line += values[part.slot] ?? '';
    else {
      const value = values[part.copyOf] ?? '';
      line += part.piece === undefined ? value : (piecesOf(value)[part.piece] ?? '');
    }
  }
  return line;
}

/** Numbers the columns of a template's values: templates that begin alike have their first columns in common. */
export function columnsOf(parts: readonly TemplatePart[], known: Map<string, number>): number[] {
  const columns: number[] = [];
  let before = '';
  for (const part of parts) {
    if ('literal' in part) before += part.literal;
    else if ('copyOf' in part) before += `<^${String(part.copyOf)}.${String(part.piece)}>`;
    else {
      const column = known.get(before) ?? known.size;
      known.set(before, column);
      columns.push(column);
      before += VARIABLE;
    }
  }
  return columns;
}
