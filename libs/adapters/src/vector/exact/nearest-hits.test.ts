import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NearestHits } from './nearest-hits.js';
import { decodeVector, dot, encodeVector, normalise } from './vector.js';

it('keeps what sorting all and cutting would keep', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 })),
      fc.integer({ min: 1, max: 12 }),
      (scores, limit) => {
        const nearest = new NearestHits(limit);
        scores.forEach((similarity, seq) => {
          nearest.offer(seq, similarity);
        });
        const sorted = scores
          .map((similarity, seq) => ({ seq, similarity }))
          .sort((a, b) => b.similarity - a.similarity || b.seq - a.seq);
        expect(nearest.hits).toEqual(sorted.slice(0, limit));
      },
    ),
  );
});

it('gives vectors back as they were stored, wherever the bytes begin', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true }), fc.integer({ min: 0, max: 5 }), (vector, shift) => {
      const moved = Buffer.concat([Buffer.alloc(shift), encodeVector(vector)]).subarray(shift);
      expect(decodeVector(moved)).toEqual(vector);
    }),
  );
});

it('makes cosine similarity a dot product', () => {
  const a = normalise(Float32Array.from([3, 4, 0, 0, 0]));
  const b = normalise(Float32Array.from([0, 0.5, 0, 0, 0]));
  expect(dot(a, b)).toBeCloseTo(0.8, 6);
  expect(dot(a, a)).toBeCloseTo(1, 6);
  expect([...normalise(new Float32Array(3))]).toEqual([0, 0, 0]);
});
