import type { TokenClassifier } from './token-classifier.js';

/** Numbers, ids, addresses and code are never guessed at; a `not` turns a sentence round. */
const KEPT_WORD =
  /[\d_@#/\\`$€£=<>{}|]|^https?:|^(?:not?|never|none|nor|neither|without|cannot|except|unless|but|only)\b|n['’]t\b/i;
const HEADING = /^ {0,3}#{1,6}\s/;
const FENCE = /^\s{0,12}(?:`{3,}|~{3,})/;

interface Word {
  readonly text: string;
  /** Up to and with the white space after it. */
  readonly end: number;
  readonly start: number;
  readonly isForced: boolean;
}

/**
 * Drops the words that a trained classifier finds least needed, until the share of the characters is reached; headings,
 * fenced blocks, numbers, ids and negations stay (LLMLingua-2, Pan et al. 2024).
 */
export async function dropWords(text: string, share: number, classifier: TokenClassifier): Promise<string> {
  const words = wordsOf(text);
  const chances = await classifier.keepProbabilities(words.map((word) => word.text));
  const order = [...words.keys()]
    .filter((at) => words[at]?.isForced === false)
    .sort((a, b) => (chances[a] ?? 1) - (chances[b] ?? 1) || a - b);
  const dropped = new Set<number>();
  let length = text.length;
  for (const at of order) {
    if (length <= text.length * share) break;
    const word = words[at];
    if (word === undefined) continue;
    dropped.add(at);
    length -= word.end - word.start;
  }
  let out = text.slice(0, words[0]?.start ?? 0);
  for (const [at, word] of words.entries()) {
    const whole = text.slice(word.start, word.end);
    // The ends of lines stay, so that paragraphs and lists keep their shape.
    out += dropped.has(at) ? whole.slice(word.text.length).replace(/[^\n]+/g, '') : whole;
  }
  return out.replace(/ +$/gm, '').trimEnd();
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let isFenced = false;
  let lineStart = 0;
  for (const line of text.split('\n')) {
    const isFence = FENCE.test(line);
    const isWhole = isFence || isFenced || HEADING.test(line);
    if (isFence) isFenced = !isFenced;
    for (const match of line.matchAll(/\S+/g)) {
      const start = lineStart + match.index;
      const last = words.at(-1);
      if (last !== undefined) words[words.length - 1] = { ...last, end: start };
      const isForced = isWhole || KEPT_WORD.test(match[0]);
      words.push({ text: match[0], start, end: text.length, isForced });
    }
    lineStart += line.length + 1;
  }
  return words;
}
