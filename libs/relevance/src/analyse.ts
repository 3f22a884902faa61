import { stemmer } from 'stemmer';
import { BASE_FORMS } from './irregular-forms.js';
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

/** Marks that may be left out in writing; in other scripts they make another word. */
const SIGNS =
  /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}])\p{Mn}+/gu;
/** Stretches Arabic words and means nothing. */
const TATWEEL = '\u0640';

/** Longer words are blobs that nobody asks for by name. */
const MAX_TERM_CHARACTERS = 256;
const REMEMBERED_WORDS = 50_000;
/** Longer slices of a text would keep the whole of it in memory (V8 copies shorter ones). */
const REMEMBERED_CHARACTERS = 12;

/** By the word as it is written. */
const termsOfWords = new Map<string, readonly string[]>();
let segmenter: Intl.Segmenter | undefined;

/**
 * The terms of a text, in its order, repetitions included: NFKC, lower case, English stop words left out and English
 * words stemmed (Porter 1980), irregular forms by their base form. Identifiers, paths and numbers are kept whole and given by their parts as well; Chinese,
 * Japanese and Korean give bigrams. Any string is accepted; the same text gives the same terms everywhere.
 */
export function analyse(text: string): string[] {
  const terms: string[] = [];
  if (isAscii(text)) {
    for (const word of text.match(ASCII_WORDS) ?? []) addRemembered(terms, word);
  } else {
    for (const word of text.normalize('NFKC').match(WORDS) ?? []) addUnicodeCompound(terms, word);
  }
  return terms;
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

function addUnicodeCompound(terms: string[], word: string): void {
  if (isAscii(word) || !CJK.test(word)) {
    addRemembered(terms, word);
    return;
  }
  word.split(CJK_RUNS).forEach((stretch, index) => {
    if (index % 2 === 1) addBigrams(terms, stretch);
    else for (const match of stretch.matchAll(WORDS)) addCompound(terms, match[0]);
  });
}

/** Most words of a text stand in it many times. */
function addRemembered(terms: string[], word: string): void {
  if (word.length > REMEMBERED_CHARACTERS) {
    addCompound(terms, word);
    return;
  }
  let own = termsOfWords.get(word);
  if (own === undefined) {
    const found: string[] = [];
    addCompound(found, word);
    own = found;
    if (termsOfWords.size >= REMEMBERED_WORDS) termsOfWords.clear();
    termsOfWords.set(word, own);
  }
  for (const term of own) terms.push(term);
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

function addWord(terms: string[], written: string): void {
  const word = isAscii(written) ? written : fold(written);
  if (DICTIONARY_SCRIPTS.test(word)) addSegments(terms, word);
  else if (word !== '' && !STOP_WORDS.has(word)) terms.push(stem(word.slice(0, MAX_TERM_CHARACTERS)));
}

/** As people type it who leave accents and vowel signs out: `Café`, `Größe`, `ёлка`, `قِطَّة`. */
function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(SIGNS, '')
    .replaceAll('ß', 'ss')
    .replaceAll(TATWEEL, '')
    .normalize('NFC');
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
  return /^[a-z]{3,40}$/.test(word) ? stemmer(BASE_FORMS.get(word) ?? word) : word;
}
