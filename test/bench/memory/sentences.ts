import { seededRandom } from '../samples.js';

const WORDS = 5_000;
/** Shifts Zipf's law, for the commonest words of prose say nothing and are no terms: the first here is in a tenth. */
const SHIFT = 20;
const SENTENCE_WORDS = 13;
const QUERY_WORDS = 5;
const ONSETS = ['b', 'br', 'd', 'f', 'g', 'gr', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 's', 'st', 't', 'tr', 'v'];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ai'];
const CODAS = ['n', 'r', 'l', 'm', 't', 'ck'];

/** Endless sentences whose words are spread as in prose, the same on every run; each ends in a number of its own. */
export class Sentences {
  readonly #random = seededRandom(11);
  readonly #cumulative: readonly number[];
  #count = 0;

  /** @param taken how many were taken before: these go on after them. */
  constructor(taken = 0) {
    this.#count = taken;
    let sum = 0;
    this.#cumulative = Array.from({ length: WORDS }, (_, rank) => (sum += 1 / (rank + SHIFT)));
  }

  /** How many were taken so far. */
  get taken(): number {
    return this.#count;
  }

  next(): string {
    return `${this.#words(SENTENCE_WORDS)} number ${++this.#count}`;
  }

  /** A question of the same words. */
  nextQuery(): string {
    return `what about ${this.#words(QUERY_WORDS)}?`;
  }

  take(count: number): string[] {
    return Array.from({ length: count }, () => this.next());
  }

  #words(count: number): string {
    return Array.from({ length: count }, () => spell(this.#rank())).join(' ');
  }

  #rank(): number {
    const target = this.#random() * (this.#cumulative.at(-1) ?? 0);
    let [low, high] = [0, WORDS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#cumulative[middle] ?? 0) < target) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A pronounceable word for each number. */
function spell(number: number): string {
  let rest = number;
  const take = (letters: readonly string[]): string => {
    const letter = letters[rest % letters.length] ?? '';
    rest = Math.floor(rest / letters.length);
    return letter;
  };
  return [ONSETS, VOWELS, CODAS, VOWELS, ONSETS, VOWELS].map(take).join('');
}
