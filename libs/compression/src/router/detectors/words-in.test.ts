import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsIn } from './words-in.js';

describe('words in a line', () => {
  it('counts runs of two letters or more with their length', () => {
    expect(wordsIn("It's a Größe, 42 naïve 𝒜𝒷")).toEqual({ words: 4, letters: 4 + 5 + 5 + 4 });
    expect(wordsIn('')).toEqual({ words: 0, letters: 0 });
  });

  it('agrees with the pattern for any line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        const words = line.match(/[\p{L}\p{M}'’]{2,}/gu) ?? [];
        expect(wordsIn(line)).toEqual({ words: words.length, letters: words.join('').length });
      }),
    );
  });
});
