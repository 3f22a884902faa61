import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { AsciiPieceCounter, asciiStretches } from './ascii-pieces.js';
import type { Encoding, EncodingName } from './encodings.js';
import { longRunCuts } from './long-runs.js';

/** Shorter texts are counted faster than they are hashed. */
const CACHED_FROM_CHARACTERS = 256;
const CACHED_COUNTS = 20_000;
/**
 * The encoding remembers the merges of up to 100,000 words, and each word is a slice that keeps the whole text it was
 * cut from in memory; forgetting them every so often bounds that.
 */
const FORGET_AFTER_CHARACTERS = 8_000_000;

/** The encoding takes a byte order mark for two tokens (its decoder swallows it while looking the bytes up); it is one. */
const BYTE_ORDER_MARK = '\ufeff';

const NO_SPECIAL_TOKENS = { disallowedSpecial: new Set<string>() };

/** Counts the tokens of texts in linear time, and the same text only once. */
export class TextCounter {
  private readonly counts = new LRUCache<string, number>({ max: CACHED_COUNTS });
  private charactersRemembered = 0;

  private readonly ascii: AsciiPieceCounter;

  constructor(
    name: EncodingName,
    private readonly encoding: Encoding,
  ) {
    this.ascii = new AsciiPieceCounter(name, (piece) => encoding.countTokens(piece, NO_SPECIAL_TOKENS));
  }

  /** Special tokens such as `<|endoftext|>` count as the plain text they are. */
  count(text: string): number {
    if (text.length < CACHED_FROM_CHARACTERS) return this.countUncached(text);
    const key = hash('sha1', text, 'base64');
    const known = this.counts.get(key);
    if (known !== undefined) return known;
    const count = this.countUncached(text);
    this.counts.set(key, count);
    return count;
  }

  private countUncached(text: string): number {
    if (text === '') return 0;
    this.boundMemory(text.length);
    let count = 0;
    let start = 0;
    for (const cut of longRunCuts(text)) {
      count += this.countStretches(text.slice(start, cut));
      start = cut;
    }
    return count + this.countStretches(start === 0 ? text : text.slice(start));
  }

  private countStretches(text: string): number {
    let count = 0;
    for (const { start, end, isAscii } of asciiStretches(text)) {
      count += isAscii ? this.ascii.count(text, start, end) : this.countUnicode(text.slice(start, end));
    }
    return count;
  }

  private countUnicode(text: string): number {
    const tokens = this.encoding.countTokens(text, NO_SPECIAL_TOKENS);
    return text.includes(BYTE_ORDER_MARK) ? tokens - text.split(BYTE_ORDER_MARK).length + 1 : tokens;
  }

  private boundMemory(characters: number): void {
    this.charactersRemembered += characters;
    if (this.charactersRemembered < FORGET_AFTER_CHARACTERS) return;
    this.encoding.clearMergeCache();
    this.charactersRemembered = characters;
  }
}
