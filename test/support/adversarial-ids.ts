import fc from 'fast-check';

/** Ids that a careless comparison takes for one another: those of a group are near to each other. */
export const LOOKALIKES: readonly (readonly [what: string, ids: readonly string[]])[] = [
  [
    'prefixes and separators',
    ['a', 'ab', 'abc', 'a/b', 'a/', '/a', 'a\\', 'a\\b', 'a.b', 'a:b', 'a|b', 'a,b'],
  ],
  ['letters of one look', ['a', 'A', 'ａ', 'а', 'ɑ', 'ª', '𝐚']],
  ['patterns', ['a%', 'a_', '%', '_', '%a%', 'a*', '*', '?', 'a?', '[a]', '^a$', '.*']],
  ['white space', ['a', ' a', 'a ', ' a ', '\ta', 'a\n', 'a\r\n', 'a\u00a0', 'a\u2028', ' ', '\u3000']],
  ['normal forms', ['á', 'a\u0301', 'á\u0301', 'à', 'Å', 'A\u030a', '\u212b']],
  [
    'invisible characters',
    ['a', 'a\u200b', 'a\u200d', '\ufeffa', 'a\u00ad', '\u202ea', 'a\u200f', 'a\u2060', 'a\ufe0f'],
  ],
  ['case folding', ['İ', 'i\u0307', 'I', 'i', 'ı', 'ß', 'ss', 'SS', 'ẞ', 'ﬁ', 'fi', 'Σ', 'σ', 'ς']],
  ['emoji', ['😀', '😃', '👩', '👩‍👩‍👧', '👨‍👩‍👧', '🇩🇪', '🇪🇩', '👍', '👍🏽']],
  ['numbers', ['1', '01', '1.0', '1e0', '+1', '١', '１', '-1', '0', 'NaN', 'Infinity', '0x1']],
  [
    'words of languages',
    ['null', 'undefined', 'true', 'false', '[object Object]', '[]', '{}', '""', 'None', 'nil'],
  ],
  [
    'names of objects',
    ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'],
  ],
  [
    'quotes and SQL',
    [
      "'",
      "''",
      '"',
      '`',
      "a'--",
      "' OR '1'='1",
      "') OR ('1'='1",
      "a'; DROP TABLE memories;--",
      '$1',
      '?1',
      ':a',
    ],
  ],
  [
    'encodings',
    [
      '%00',
      '%2e',
      'a%2Fb',
      '%25',
      'a+b',
      'a b',
      'a%20b',
      '&a=b',
      '#a',
      '?a=b',
      'a;b',
      '=',
      '\u0001',
      '\u007f',
    ],
  ],
  [
    'the longest ids',
    ['x'.repeat(511), 'x'.repeat(512), `${'x'.repeat(511)}X`, '😀'.repeat(512), `${'😀'.repeat(511)}😃`],
  ],
  [
    'ordinary names',
    ['default', 'Default', 'tenant', 'user', 'anna', 'Anna', 'anna@example.org', 'anna@Example.org'],
  ],
];

const GROUPS = LOOKALIKES.map(([, ids]) => ids);

/** What can be no id at all. */
export const NOT_IDS: readonly (readonly [what: string, id: string])[] = [
  ['an empty one', ''],
  ['NUL alone', '\u0000'],
  ['NUL at the end', 'a\u0000'],
  ['a lone high surrogate', 'a\ud800'],
  ['a lone low surrogate', '\udc00a'],
  ['surrogates in the wrong order', '\udc00\ud800'],
  ['513 characters', 'x'.repeat(513)],
  ['513 emoji', '😀'.repeat(513)],
];

const anyId = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 16 })
  .filter((text) => text.isWellFormed() && !text.includes('\u0000'));

/** A few ids that are easily taken for one another, so that scopes made of them meet. */
export const nearIds: fc.Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(...GROUPS)
      .chain((group) => fc.shuffledSubarray([...group], { minLength: 2, maxLength: 3 })),
  },
  { weight: 1, arbitrary: fc.shuffledSubarray(GROUPS.flat(), { minLength: 2, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.uniqueArray(anyId, { minLength: 2, maxLength: 3 }) },
);
