import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupPlaces, hitAt, ndcgAt, recallAt } from './scores.js';

const singles = (...keys: string[]) => keys.map((key) => [key]);

describe('scoring a ranking', () => {
  it('counts the wanted among the first places', () => {
    const places = singles('a', 'x', 'b', 'y');
    const wanted = new Set(['a', 'b', 'c', 'd']);
    expect(recallAt(1, places, wanted)).toBe(0.25);
    expect(recallAt(3, places, wanted)).toBe(0.5);
    expect(recallAt(20, places, wanted)).toBe(0.5);
    expect(hitAt(1, singles('x', 'a'), wanted)).toBe(0);
    expect(hitAt(2, singles('x', 'a'), wanted)).toBe(1);
  });

  it('lets one place stand for two things', () => {
    expect(recallAt(1, [['a', 'b']], new Set(['a', 'b']))).toBe(1);
    expect(ndcgAt(10, [['a', 'b']], new Set(['a', 'b']))).toBe(1);
  });

  it('discounts by the logarithm of the place', () => {
    expect(ndcgAt(10, singles('x', 'a'), new Set(['a']))).toBeCloseTo(1 / Math.log2(3), 12);
    expect(ndcgAt(10, singles('a', 'x', 'b'), new Set(['a', 'b']))).toBeCloseTo(
      (1 + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3)),
      12,
    );
    expect(ndcgAt(1, singles('x', 'a'), new Set(['a']))).toBe(0);
  });

  it('counts what stands twice once, where it stands first', () => {
    expect(ndcgAt(10, singles('a', 'a'), new Set(['a']))).toBe(1);
    expect(recallAt(10, singles('a', 'a'), new Set(['a', 'b']))).toBe(0.5);
  });

  it('orders groups by their first member', () => {
    const sessionOf = (key: string) => key.split(':')[0] ?? '';
    expect(groupPlaces([['2:1'], ['1:4', '3:9'], ['2:7']], sessionOf)).toEqual(singles('2', '1', '3'));
  });

  const keys = fc.uniqueArray(fc.constantFrom(...'a b c d e f g h i j k l m n o p'.split(' ')), {
    minLength: 1,
  });

  it('gives 1 to the wanted alone and in front, and nothing beyond 0–1 to any list', () => {
    fc.assert(
      fc.property(keys, keys, fc.integer({ min: 1, max: 20 }), (wantedKeys, ranked, k) => {
        const wanted = new Set(wantedKeys);
        expect(ndcgAt(k, singles(...wantedKeys), wanted)).toBeCloseTo(1, 12);
        expect(recallAt(wanted.size, singles(...wantedKeys), wanted)).toBe(1);
        for (const score of [recallAt, hitAt, ndcgAt]) {
          expect(score(k, singles(...ranked), wanted)).toBeGreaterThanOrEqual(0);
          expect(score(k, singles(...ranked), wanted)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('never falls when more places are looked at, and gains when a wanted thing moves up', () => {
    fc.assert(
      fc.property(keys, keys, fc.integer({ min: 1, max: 15 }), (wantedKeys, ranked, k) => {
        const wanted = new Set(wantedKeys);
        const places = singles(...ranked);
        expect(recallAt(k + 1, places, wanted)).toBeGreaterThanOrEqual(recallAt(k, places, wanted));
        const inFront = [...places].sort(
          (a, b) => Number(wanted.has(b[0] ?? '')) - Number(wanted.has(a[0] ?? '')),
        );
        expect(ndcgAt(k, inFront, wanted)).toBeGreaterThanOrEqual(ndcgAt(k, places, wanted));
      }),
    );
  });
});
