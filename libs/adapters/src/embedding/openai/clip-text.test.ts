import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clipLikely, clipSurely, MAX_TOKENS } from './clip-text.js';

const longText = fc
  .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 800 }))
  .map(([piece, times]) => piece.repeat(times));

it('keeps the front of a text, never half a character, and no more than surely fits', () => {
  fc.assert(
    fc.property(longText, (text) => {
      const clipped = clipSurely(clipLikely(text));
      expect(text.startsWith(clipped)).toBe(true);
      expect(Buffer.byteLength(clipped)).toBeLessThanOrEqual(MAX_TOKENS);
      expect(clipped.isWellFormed()).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('leaves short texts alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      expect(clipSurely(clipLikely(text))).toBe(text);
    }),
  );
});
