import type { Block } from './block.js';

/** A text of so many characters that is not mostly links is a paragraph. */
const PROSE_CHARACTERS = 80;
const PROSE_LINKS = 0.5;
const PUNCTUATION = /[.!?…。！？,;:،؟।、」]/;
/** A short line says little about where the article is, but something: recipes and tables are made of them. */
const SHORT_WEIGHT = 0.25;
const LINK_PENALTY = -30;

export function isLinks({ text, linked }: Block): boolean {
  return linked >= text.length * PROSE_LINKS;
}

export function isProse(block: Block): boolean {
  if (block.kind === 'table' || block.kind === 'code' || block.length < PROSE_CHARACTERS) return false;
  return !isLinks(block) && PUNCTUATION.test(block.text);
}

/** Characters of prose outside links; 0 for anything else. */
export function proseLength(block: Block): number {
  return isProse(block) ? block.length - block.linked : 0;
}

/** How much a block speaks for the element that holds it. */
export function evidence(block: Block): number {
  if (isProse(block)) return block.length - block.linked - PROSE_CHARACTERS / 2;
  return isLinks(block) ? LINK_PENALTY : block.length * SHORT_WEIGHT;
}
