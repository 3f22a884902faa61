import { stemmer } from 'stemmer';
import { STOP_WORDS } from './stop-words.js';

/** Words, joined into one when only a sign of identifiers, paths, dates or addresses stands between them. */
const ASCII_WORDS = /[A-Za-z0-9]+(?:[-_./:@\\#+~=&]+[A-Za-z0-9]+)*/g;
const WORDS = /[\p{L}\p{M}\p{N}]+(?:[-_./:@\\#+~=&]+[\p{L}\p{M}\p{N}]+)*/gu;
const JOINTS = /[-_./:@\\#+~=&]+/;
const CAMEL_HUMPS = /(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;

/** Scripts written without spaces: those that bigrams serve, and those that need a dictionary. */
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]/u;
const CJK_RUNS = /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]+)/u;
const DICTIONARY_SCRIPTS = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Longer words are blobs that nobody asks for by name. */
const MAX_TERM_CHARACTERS = 256;
const REMEMBERED_STEMS = 50_000;

const stems = new Map<string, string>();
let segmenter: Intl.Segmenter | undefined;

/**
 * The terms of a text, in its order, repetitions included: NFKC, lower case, English stop words left out and English
 * words stemmed (Porter 1980). Identifiers, paths and numbers are kept whole and given by their parts as well; Chinese,
 * Japanese and Korean give bigrams. Any string is accepted; the same text gives the same terms everywhere.
 */
export function analyse(text: string): string[] {
  const terms: string[] = [];
  if (isAscii(text)) {
    for (const match of text.matchAll(ASCII_WORDS)) addCompound(terms, match[0]);
  } else {
    for (const match of text.normalize('NFKC').matchAll(WORDS)) addUnicodeCompound(terms, match[0]);
  }
  return terms;
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

function addUnicodeCompound(terms: string[], word: string): void {
  if (!CJK.test(word)) {
    addCompound(terms, word);
    return;
  }
  word.split(CJK_RUNS).forEach((stretch, index) => {
    if (index % 2 === 1) addBigrams(terms, stretch);
    else for (const match of stretch.matchAll(WORDS)) addCompound(terms, match[0]);
  });
}

function addCompound(terms: string[], word: string): void {
  const pieces = JOINTS.test(word) ? word.split(JOINTS) : [word];
  if (pieces.length > 1) addWhole(terms, word);
  for (const piece of pieces) {
    const humps = piece.split(CAMEL_HUMPS);
    if (humps.length > 1) addWhole(terms, piece);
    for (const hump of humps) addWord(terms, hump.toLowerCase());
  }
}

function addWhole(terms: string[], word: string): void {
  if (word.length <= MAX_TERM_CHARACTERS) terms.push(word.toLowerCase());
}

function addWord(terms: string[], word: string): void {
  if (DICTIONARY_SCRIPTS.test(word)) addSegments(terms, word);
  else if (!STOP_WORDS.has(word)) terms.push(stem(word.slice(0, MAX_TERM_CHARACTERS)));
}

function addSegments(terms: string[], text: string): void {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike === true) terms.push(segment.slice(0, MAX_TERM_CHARACTERS));
  }
}

/** Overlapping pairs of characters; a lone character stands for itself. */
function addBigrams(terms: string[], run: string): void {
  const characters = Array.from(run);
  if (characters.length === 1) terms.push(run);
  for (let i = 1; i < characters.length; i++) terms.push(`${characters[i - 1] ?? ''}${characters[i] ?? ''}`);
}

function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stemmed = /^[a-z]{3,40}$/.test(word) ? stemmer(word) : word;
  if (stems.size >= REMEMBERED_STEMS) stems.clear();
  stems.set(word, stemmed);
  return stemmed;
}
