import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchesOf } from './batches.js';

it('loses no text, keeps their order and both limits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 40 })),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 100 }),
      (texts, most, characters) => {
        const batches = [...batchesOf(texts, { texts: most, characters })];
        expect(batches.flat()).toEqual(texts);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(most);
          const padded = batch.length * Math.max(...batch.map(({ length }) => length));
          expect(batch.length === 1 || padded <= characters).toBe(true);
        }
      },
    ),
  );
});
