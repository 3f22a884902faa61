import { analyse, Bm25Index } from '#libs/relevance';
import { itemsOf } from './original-items.js';

/** Something that compression made smaller, and what of it the model still sees. */
export interface TrackedOriginal {
  readonly hash: string;
  readonly content: string;
  readonly shown: string;
}

/** How much may be added to a question. */
export interface ExpansionLimits {
  readonly maxItems: number;
  readonly maxCharacters: number;
}

export const EXPANSION_LIMITS: ExpansionLimits = { maxItems: 5, maxCharacters: 2_000 };

/** Originals beyond this are searched by the model itself, through the retrieve tool. */
const MAX_SEARCHED_CHARACTERS = 2_000_000;
const QUESTION_CHARACTERS = 2_000;
/** An identifier that more dropped items hold names none of them. */
const MAX_NAMED = 3;
/** A term of more dropped items than this share, and of more than a few, tells little. */
const TELLING_SHARE = 0.1;
const TELLING_ITEMS = 3;
/** So much of the best possible score must an item reach without being named. */
const STRONG_SHARE = 0.6;
const IDENTIFIER = /[\p{L}\p{N}_][\p{L}\p{N}_./@#:-]{2,120}/gu;

interface DroppedItem {
  readonly hash: string;
  readonly text: string;
}

/**
 * What a question asks for of that which compression dropped, as a text to put at the question's end: items that it
 * names by an identifier, or with which it shares its telling words. Must be asked with what was dropped before the
 * question, so that it says the same on every later turn.
 * @returns undefined when the question asks for nothing that was dropped.
 */
export function expansionFor(
  question: string,
  tracked: readonly TrackedOriginal[],
  limits: ExpansionLimits = EXPANSION_LIMITS,
): string | undefined {
  const asked = question.slice(0, QUESTION_CHARACTERS);
  const terms = [...new Set(analyse(asked))];
  if (terms.length === 0) return undefined;
  const dropped = droppedItems(tracked);
  if (dropped.length === 0) return undefined;
  const chosen = [...new Set([...namedItems(asked, dropped), ...strongItems(terms, dropped)])];
  return written(
    chosen.map((index) => dropped[index]).filter((item) => item !== undefined),
    limits,
  );
}

function droppedItems(tracked: readonly TrackedOriginal[]): DroppedItem[] {
  const dropped: DroppedItem[] = [];
  const seen = new Set<string>();
  let searched = 0;
  for (const { hash, content, shown } of tracked) {
    searched += content.length;
    if (searched > MAX_SEARCHED_CHARACTERS) break;
    if (seen.has(hash)) continue;
    seen.add(hash);
    for (const { text, isJson } of itemsOf(content)) {
      if (!isShown(text, isJson, shown)) dropped.push({ hash, text });
    }
  }
  return dropped;
}

/** JSON may be written as a table: then each of its values still stands there. */
function isShown(text: string, isJson: boolean, shown: string): boolean {
  if (shown.includes(text)) return true;
  if (!isJson) return false;
  const values = scalarsOf(JSON.parse(text));
  return values.every((value) => shown.includes(value));
}

function scalarsOf(value: unknown): string[] {
  const scalars: string[] = [];
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') scalars.push(JSON.stringify(next));
    else if (typeof next === 'number') scalars.push(String(next));
    else if (typeof next === 'object' && next !== null)
      for (const child of Object.values(next)) open.push(child);
  }
  return scalars;
}

/** Items that hold a word with a digit or a joint in it, such as `HAT069` or `auth_middleware.py`. */
function namedItems(question: string, dropped: readonly DroppedItem[]): number[] {
  const words = new Set(
    (question.match(IDENTIFIER) ?? [])
      .map((word) => word.replace(/[./:@#-]+$/, '').toLowerCase())
      .filter((word) => word.length >= 4 && /\p{N}|\p{L}[_./@#:-]\p{L}/u.test(word)),
  );
  const lower = words.size === 0 ? [] : dropped.map(({ text }) => text.toLowerCase());
  return [...words].flatMap((word) => {
    const holders = lower.flatMap((text, index) => (text.includes(word) ? [index] : []));
    return holders.length <= MAX_NAMED ? holders : [];
  });
}

/** Items with most of what the question's telling words can score, best first. */
function strongItems(terms: readonly string[], dropped: readonly DroppedItem[]): number[] {
  const analysed = dropped.map(({ text }) => analyse(text));
  const holders = new Map<string, number>(terms.map((term) => [term, 0]));
  for (const own of analysed) {
    for (const term of new Set(own)) {
      const count = holders.get(term);
      if (count !== undefined) holders.set(term, count + 1);
    }
  }
  const most = Math.max(TELLING_ITEMS, dropped.length * TELLING_SHARE);
  const telling = terms.filter((term) => {
    const count = holders.get(term) ?? 0;
    return count > 0 && count <= most;
  });
  // One shared word may be chance, unless it is all that was asked.
  const needed = terms.length === 1 ? 1 : 2;
  if (telling.length < needed) return [];
  const scores = new Bm25Index(analysed).scores(telling);
  const best = scores.reduce((highest, score) => Math.max(highest, score), 0);
  return [...dropped.keys()]
    .filter((index) => {
      const own = new Set(analysed[index]);
      const shared = telling.filter((term) => own.has(term)).length;
      return shared >= needed && (scores[index] ?? 0) >= STRONG_SHARE * best;
    })
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

function written(
  items: readonly DroppedItem[],
  { maxItems, maxCharacters }: ExpansionLimits,
): string | undefined {
  const lines: string[] = [];
  let characters = 0;
  for (const { text, hash } of items) {
    if (lines.length === maxItems) break;
    if (characters + text.length > maxCharacters) continue;
    characters += text.length;
    lines.push(`${text}\n(of hash=${hash})`);
  }
  if (lines.length === 0) return undefined;
  return `[From earlier results that were compressed:\n${lines.join('\n')}]`;
}
