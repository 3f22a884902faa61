import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dot, normalise } from './vector.js';
import { VectorArena } from './vector-arena.js';
import { VectorBlock } from './vector-block.js';

const DIMENSIONS = 700;
const QUERY = normalise(Float32Array.from({ length: DIMENSIONS }, (_, i) => Math.sin(i)));

function vectorNamed(name: number): Float32Array {
  return Float32Array.from({ length: DIMENSIONS }, (_, i) => Math.cos(name * 1.7 + i * (name % 5)));
}

type Step = { readonly put: number; readonly name: number } | { readonly keep: readonly number[] };

const seq = fc.integer({ min: 1, max: 120 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ put: seq, name: fc.integer({ min: 0, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ keep: fc.array(seq, { minLength: 20 }) }) },
);

it('holds what was put last and not dropped since, however rows move between pages', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const arena = new VectorArena(100);
      const block = new VectorBlock(arena, 'epoch', DIMENSIONS);
      const expected = new Map<number, number>();
      for (const each of steps) {
        if ('put' in each) {
          expect(block.put(each.put, vectorNamed(each.name))).toBe(true);
          expected.set(each.put, each.name);
        } else {
          const kept = new Set(each.keep);
          block.keepOnly(kept);
          for (const known of [...expected.keys()]) if (!kept.has(known)) expected.delete(known);
        }
      }
      const ranked = block.rank(QUERY).next(1_000);
      expect(ranked.map((hit) => hit.seq).sort((a, b) => a - b)).toEqual(
        [...expected.keys()].sort((a, b) => a - b),
      );
      for (const { seq: found, similarity } of ranked) {
        expect(similarity).toBeCloseTo(dot(normalise(vectorNamed(expected.get(found) ?? -1)), QUERY), 5);
      }
      expect(arena.used).toBe(Math.ceil(expected.size / 23));
      block.release();
      expect(arena.used).toBe(0);
    }),
    { numRuns: 50 },
  );
});

it('says when there is no room left, and takes nothing after its release', () => {
  const arena = new VectorArena(1);
  const block = new VectorBlock(arena, 'epoch', DIMENSIONS);
  for (let i = 1; i <= 23; i++) expect(block.put(i, vectorNamed(i))).toBe(true);
  expect(block.put(24, vectorNamed(24))).toBe(false);
  expect(block.put(1, vectorNamed(2))).toBe(true);
  block.release();
  expect(block.put(1, vectorNamed(1))).toBe(false);
  expect(arena.used).toBe(0);
});

it('leaves nothing of a vector in pages that it gives back', () => {
  const arena = new VectorArena(1);
  const block = new VectorBlock(arena, 'epoch', DIMENSIONS);
  block.put(1, vectorNamed(1));
  block.release();
  const next = new VectorBlock(arena, 'epoch', 16);
  next.put(1, new Float32Array(16));
  expect(next.rank(Float32Array.from({ length: 16 }, () => 0.25)).next(5)).toEqual([
    { seq: 1, similarity: 0 },
  ]);
});
