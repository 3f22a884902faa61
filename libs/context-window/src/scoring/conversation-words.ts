import { analyse } from '#libs/relevance';

/** Letters and digits, joined into one word by the signs of identifiers, paths, versions and addresses. */
const ASCII_WORD = /\w+(?:[-./@#]+\w+)*/g;
const WORD = /[\p{L}\p{M}\p{N}_]+(?:[-./@#]+[\p{L}\p{M}\p{N}_]+)*/gu;
const NOT_ASCII = /[^\x00-\x7f]/;

/** Shorter words name nothing for certain. */
const LEAST_CHARACTERS = 4;
const LEAST_DIGITS = 3;
const MOST_CHARACTERS = 200;
/** Identifiers, paths, keys, addresses, numbers: `a_b`, `a/b.ts`, `camelCase`, `ORD-77`, `4711`. */
const NAME = /[\d_/@#]|[^.-][.-][^.-]|\p{Ll}\p{Lu}/u;

/** The words of a conversation as numbers: every factor that looks at words reads them once, here. */
export class ConversationWords {
  /** By number. */
  readonly vocabulary: string[] = [];
  /** Message by message the numbers of its words, in order, repetitions included. */
  readonly perMessage: (readonly number[])[] = [];
  /** Message by message the numbers of the names in it, each once. */
  readonly namesPerMessage: (readonly number[])[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly isName: boolean[] = [];
  private byTerm: ReadonlyMap<string, readonly number[]> | undefined;

  add(texts: readonly string[]): void {
    const words: number[] = [];
    for (const text of texts) {
      for (const word of text.match(NOT_ASCII.test(text) ? WORD : ASCII_WORD) ?? [])
        words.push(this.numberOf(word));
    }
    this.perMessage.push(words);
    this.namesPerMessage.push([...new Set(words.filter((word) => this.isName[word] === true))]);
    this.byTerm = undefined;
  }

  /** By a term that is looked for the numbers of the words that have it. */
  get wordsByTerm(): ReadonlyMap<string, readonly number[]> {
    if (this.byTerm !== undefined) return this.byTerm;
    const byTerm = new Map<string, number[]>();
    for (const [number, word] of this.vocabulary.entries()) {
      for (const term of analyse(word)) {
        const known = byTerm.get(term);
        if (known === undefined) byTerm.set(term, [number]);
        else known.push(number);
      }
    }
    this.byTerm = byTerm;
    return byTerm;
  }

  private numberOf(word: string): number {
    const known = this.numbers.get(word);
    if (known !== undefined) return known;
    const number = this.vocabulary.length;
    this.numbers.set(word, number);
    this.vocabulary.push(word);
    this.isName.push(isNaming(word));
    return number;
  }
}

function isNaming(word: string): boolean {
  if (word.length > MOST_CHARACTERS) return false;
  return word.length >= (/^\d+$/.test(word) ? LEAST_DIGITS : LEAST_CHARACTERS) && NAME.test(word);
}
