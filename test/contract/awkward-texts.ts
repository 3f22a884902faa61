/** Texts that text columns and encoders like to change. */
export const AWKWARD_TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['nothing', ''],
  ['a NUL', 'before\u0000after'],
  ['only NULs', '\u0000\u0000'],
  ['a lone surrogate', 'half \ud83d of a pair'],
  ['surrogates in the wrong order', '\udc00\ud800'],
  ['a byte order mark', '\ufeffstart'],
  ['astral characters', 'naïve 日本語 🧠👩‍👩‍👧'],
  ['decomposed and composed letters', 'e\u0301 é'],
  ['mixed line ends', 'a\r\nb\rc\n\u2028d'],
  ['quotes and backslashes', `'"\\ %_$1 ?`],
];
