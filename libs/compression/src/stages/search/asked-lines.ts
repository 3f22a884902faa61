import { relevantItems } from '../../query-relevance.js';
import type { FoundLine } from './parse-search.js';

/** An identifier of the question that stands in at most this many lines asks for all of them. */
const NAMED_LINES = 10;
const QUESTION_CHARACTERS = 2000;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*(?:[./:-]{1,2}[\p{L}\p{N}_$]+)*/gu;
const QUOTED = /[`"']([^`"'\n]{2,80})[`"']/g;

/** The lines that a question asks for: those with what it names, then those that it is about, best first. */
export function askedLines(found: readonly FoundLine[], question: string, threshold: number): number[] {
  if (question === '') return [];
  const items = found.map(({ path, text }) => `${path} ${text}`);
  const { named, ranked } = relevantItems(items, question, threshold);
  return [...new Set([...namedLines(items, question), ...named, ...ranked])];
}

function namedLines(items: readonly string[], question: string): number[] {
  const names = namesIn(question.slice(0, QUESTION_CHARACTERS));
  if (names.length === 0) return [];
  const lower = items.map((item) => item.toLowerCase());
  const found: number[] = [];
  for (const name of names) {
    const holders: number[] = [];
    for (let index = 0; index < lower.length && holders.length <= NAMED_LINES; index++) {
      if (lower[index]?.includes(name) === true) holders.push(index);
    }
    if (holders.length <= NAMED_LINES) found.push(...holders);
  }
  return found;
}

/** What stands in quotes, and words as only code has them: `snake_case`, `camelCase`, `a.b`, `src/a`, `v2`. */
function namesIn(question: string): string[] {
  const names = new Set<string>();
  for (const [, quoted = ''] of question.matchAll(QUOTED)) names.add(quoted.trim().toLowerCase());
  for (const [word] of question.matchAll(WORD)) {
    if (word.length > 2 && /[_$./:\d]|\p{Ll}\p{Lu}/u.test(word)) names.add(word.toLowerCase());
  }
  names.delete('');
  return [...names];
}
