import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalies, changePoints, lengthAnomalies } from './number-signals.js';

const series = (length: number, at: (index: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, index) => at(index));

describe('numbers that stand out', () => {
  it('are more than the threshold of standard deviations away', () => {
    expect(anomalies(Float64Array.from([1, 1, 1, 1, 1, 1, 1, 1, 1, 50]), 2).outliers).toEqual([9]);
    expect(anomalies(Float64Array.from([5, 5, 5]), 2).outliers).toEqual([]);
    const unknown = [1, 2, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(anomalies(Float64Array.from(unknown), 2)).toEqual({ outliers: [], tail: [] });
  });

  it('are all exceptions where a gap parts them from the rest', () => {
    const spiked = series(400, (i) => (i % 40 === 7 ? 500 + i : i % 13));
    expect(anomalies(spiked, 2).outliers).toEqual([7, 47, 87, 127, 167, 207, 247, 287, 327, 367]);
  });

  it('are the tail of the distribution where there are many and no gap', () => {
    const normal = series(1000, (i) => Math.sqrt(-2 * Math.log((i + 1) / 1001)) * Math.cos(i * 2.4));
    const found = anomalies(normal, 2);
    expect(found.outliers.length).toBeLessThan(3);
    expect(found.tail.length).toBeGreaterThan(20);
  });

  it('are shown a few times where the same value comes again and again', () => {
    const twoKinds = series(1000, (i) => (i % 12 === 0 ? 90 : i % 3));
    expect(anomalies(twoKinds, 2).outliers).toHaveLength(10);
  });

  it('are none of the numbers of texts that have two lengths', () => {
    expect(
      lengthAnomalies(
        series(200, (i) => (i % 20 === 0 ? 40 : 4)),
        2,
      ),
    ).toEqual([]);
    expect(
      lengthAnomalies(
        series(200, (i) => (i === 20 ? 400 : 4)),
        2,
      ),
    ).toEqual([20]);
  });

  it('change where one level ends and another begins', () => {
    expect(
      changePoints(
        series(60, (i) => (i < 30 ? 1 : 9)),
        1.5,
      ),
    ).toEqual([30]);
    expect(
      changePoints(
        series(600, (i) => (i < 300 ? 1 : 9)),
        1.5,
      ),
    ).toEqual([300]);
  });

  it('do not change where values are missing', () => {
    const sparse = series(200, (i) => (i > 50 && i < 90 ? Number.NaN : 100 + (i % 3)));
    expect(changePoints(sparse, 2)).toEqual([]);
  });

  it('are found in any numbers without harm', () => {
    fc.assert(
      fc.property(
        fc.float64Array({ maxLength: 200 }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (values, threshold) => {
          const { outliers, tail } = anomalies(values, threshold);
          const all = [...outliers, ...tail, ...changePoints(values, threshold)];
          expect(all.every((index) => index >= 0 && index < values.length)).toBe(true);
          expect(outliers.filter((index) => tail.includes(index))).toEqual([]);
        },
      ),
    );
  });
});
