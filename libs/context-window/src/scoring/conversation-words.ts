/** Letters and digits, joined into one word by the signs of identifiers, paths, versions and addresses. */
const ASCII_WORD = /\w+(?:[-./@#]+\w+)*/g;
const WORD = /[\p{L}\p{M}\p{N}_]+(?:[-./@#]+[\p{L}\p{M}\p{N}_]+)*/gu;
const NOT_ASCII = /[^\x00-\x7f]/;

/** The words of a conversation as numbers: every factor that looks at words reads them once, here. */
export class ConversationWords {
  /** By number. */
  readonly vocabulary: string[] = [];
  /** Message by message the numbers of its words, in order, repetitions included. */
  readonly perMessage: (readonly number[])[] = [];
  private readonly numbers = new Map<string, number>();

  add(texts: readonly string[]): void {
    const words: number[] = [];
    for (const text of texts) {
      for (const word of text.match(NOT_ASCII.test(text) ? WORD : ASCII_WORD) ?? [])
        words.push(this.numberOf(word));
    }
    this.perMessage.push(words);
  }

  private numberOf(word: string): number {
    const known = this.numbers.get(word);
    if (known !== undefined) return known;
    const number = this.vocabulary.length;
    this.numbers.set(word, number);
    this.vocabulary.push(word);
    return number;
  }
}
