import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longRunCuts } from './long-runs.js';

const pieces = (text: string): string[] => {
  const bounds = [0, ...longRunCuts(text), text.length];
  return bounds.slice(1).map((end, i) => text.slice(bounds[i], end));
};

describe('cutting long runs', () => {
  it('leaves natural text alone', () => {
    expect(longRunCuts('The quick brown fox, 42 times. '.repeat(1000))).toEqual([]);
    expect(longRunCuts('{"a": [1, 2, "x"]}'.repeat(1000))).toEqual([]);
  });

  it('does not cut digits, which the encodings cut themselves', () => {
    expect(longRunCuts('7'.repeat(10_000))).toEqual([]);
  });

  it.each(['a', ' ', '=', '中', 'e\u0301', '𠮷'])('keeps every piece of a run of %j short', (unit) => {
    const text = `word ${unit.repeat(10_000)} 1 word`;
    for (const piece of pieces(text)) expect(piece.length).toBeLessThan(1100);
    expect(pieces(text).join('')).toBe(text);
  });

  it('keeps all text, in ascending cuts, and never splits a surrogate pair', () => {
    const run = fc.tuple(
      fc.constantFrom('a', 'Z', ' ', '\n', '-', '中', '𠮷', '\u0301', '9', '\ud800'),
      fc.nat(3000),
    );
    fc.assert(
      fc.property(fc.array(run, { maxLength: 8 }), (runs) => {
        const text = runs.map(([unit, times]) => unit.repeat(times)).join('');
        expect(pieces(text).join('')).toBe(text);
        for (const cut of longRunCuts(text)) {
          expect(/^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(cut - 1, cut + 1))).toBe(false);
        }
      }),
    );
  });
});
