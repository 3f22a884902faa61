import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_WEIGHTS, FACTORS, normalisedWeights } from './weights.js';

const sumOf = (weights: Readonly<Record<string, number>>): number =>
  Object.values(weights).reduce((sum, weight) => sum + weight, 0);

describe('the weights of importance', () => {
  it('are the documented ones where none is named', () => {
    for (const given of [undefined, {}]) {
      for (const factor of FACTORS) {
        expect(normalisedWeights(given)?.[factor]).toBeCloseTo(DEFAULT_WEIGHTS[factor], 12);
      }
    }
  });

  it('leave out what is not named', () => {
    expect(normalisedWeights({ recency: 1, toinImportance: 1 })).toEqual({
      recency: 0.5,
      semanticSimilarity: 0,
      toinImportance: 0.5,
      errorIndicator: 0,
      forwardReference: 0,
      tokenDensity: 0,
    });
  });

  it('tell nothing when all are 0', () => {
    expect(normalisedWeights({ recency: 0 })).toBeUndefined();
  });

  it('add up to 1 and keep their proportions, however large they are', () => {
    const weight = fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { nil: undefined });
    const weights = fc.record(Object.fromEntries(FACTORS.map((factor) => [factor, weight])));
    fc.assert(
      fc.property(weights, (given) => {
        const normalised = normalisedWeights(given);
        if (normalised === undefined) return;
        expect(sumOf({ ...normalised })).toBeCloseTo(1, 9);
        for (const factor of FACTORS) {
          expect(normalised[factor]).toBeGreaterThanOrEqual(0);
          if ((given[factor] ?? 1) === 0) expect(normalised[factor]).toBe(0);
        }
      }),
    );
  });
});
