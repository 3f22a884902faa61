import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiStretches } from './ascii-pieces.js';

describe('stretches of ASCII', () => {
  it('are the whole of an ASCII text', () => {
    expect(asciiStretches('one two\nthree')).toEqual([{ start: 0, end: 13, isAscii: true }]);
    expect(asciiStretches('')).toEqual([]);
  });

  it('end and begin again at the nearest words around what is foreign', () => {
    const text = 'the price is 5 € today, says Ann';
    const stretches = asciiStretches(text).map(({ start, end, isAscii }) => [
      text.slice(start, end),
      isAscii,
    ]);
    expect(stretches).toEqual([
      ['the price is', true],
      [' 5 € today', false],
      [', says Ann', true],
    ]);
  });

  it('tile any text, and hold nothing foreign', () => {
    const unit = fc.constantFrom(
      'a',
      'B',
      ' ',
      '\n',
      "'",
      '1',
      '"',
      'é',
      '漢',
      '\ud83d\ude00',
      '\ud800',
      '\u0301',
    );
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        let position = 0;
        for (const { start, end, isAscii } of asciiStretches(text)) {
          expect(start).toBe(position);
          expect(end).toBeGreaterThan(start);
          if (isAscii) expect(text.slice(start, end)).toMatch(/^[\x00-\x7f]+$/);
          position = end;
        }
        expect(position).toBe(text.length);
      }),
    );
  });
});
