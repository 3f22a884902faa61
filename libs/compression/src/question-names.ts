const QUESTION_CHARACTERS = 2000;
/** Each name is looked for in all that there is. */
const MAX_NAMES = 20;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*(?:[./:-]{1,2}[\p{L}\p{N}_$]+)*/gu;
const QUOTED = /[`"']([^`"'\n]{2,80})[`"']/g;

/**
 * What a question names, in lower case: what stands in quotes, and words as only code has them, such as `snake_case`,
 * `camelCase`, `a.b`, `src/a` or `utf8`.
 */
export function namesInQuestion(question: string): string[] {
  const names = new Set<string>();
  const asked = question.slice(0, QUESTION_CHARACTERS);
  for (const [, quoted = ''] of asked.matchAll(QUOTED)) names.add(quoted.trim().toLowerCase());
  for (const [word] of asked.matchAll(WORD)) {
    if (word.length > 2 && /[_$./:\d]|\p{Ll}\p{Lu}/u.test(word)) names.add(word.toLowerCase());
  }
  names.delete('');
  return [...names].slice(0, MAX_NAMES);
}

/** The items that hold a name which at most `most` items hold, name by name. */
export function itemsNamed(items: readonly string[], question: string, most: number): number[] {
  const names = namesInQuestion(question);
  if (names.length === 0) return [];
  const lower = items.map((item) => item.toLowerCase());
  const found = new Set<number>();
  for (const name of names) {
    const holders: number[] = [];
    for (let index = 0; index < lower.length && holders.length <= most; index++) {
      if (lower[index]?.includes(name) === true) holders.push(index);
    }
    if (holders.length <= most) for (const holder of holders) found.add(holder);
  }
  return [...found];
}
