import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { VectorHit } from '../vector-search.js';
import { Ranking } from './ranking.js';

it('walks down in slices as sorting all would: nearest first, of equals the newer', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.nat(), fc.integer({ min: -4, max: 4 })), { selector: ([seq]) => seq }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      (entries, sizes) => {
        const ranking = new Ranking(
          Float64Array.from(entries, ([seq]) => seq),
          Float32Array.from(entries, ([, similarity]) => similarity),
        );
        const sorted = entries
          .map(([seq, similarity]) => ({ seq, similarity }))
          .sort((a, b) => b.similarity - a.similarity || b.seq - a.seq);
        const walked: VectorHit[] = [];
        for (const size of sizes) walked.push(...ranking.next(size, walked.at(-1)));
        expect(walked).toEqual(
          sorted.slice(
            0,
            sizes.reduce((sum, size) => sum + size, 0),
          ),
        );
        expect(ranking.of(new Map(sorted.slice(0, 3).map(({ seq }) => [seq, 0]))).length).toBe(
          Math.min(3, sorted.length),
        );
      },
    ),
  );
});
