import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketStart, NO_USAGE, widenBuckets } from './usage-buckets.js';
import { USAGE_SERIES, type UsageBucket } from './usage-store.js';

const anInstant = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2040-01-01T00:00:00Z'),
  noInvalidDate: true,
});

describe('usage buckets', () => {
  it('start weeks on Monday, UTC, over the turn of a year', () => {
    expect(bucketStart(new Date('2027-01-03T23:59:59.999Z'), 'weekly')).toEqual(
      new Date('2026-12-28T00:00:00Z'),
    );
    expect(bucketStart(new Date('2026-12-28T00:00:00Z'), 'weekly')).toEqual(new Date('2026-12-28T00:00:00Z'));
  });

  it('start at or before the instant and are their own start', () => {
    fc.assert(
      fc.property(anInstant, fc.constantFrom(...USAGE_SERIES), (at, series) => {
        const start = bucketStart(at, series);
        expect(start.getTime()).toBeLessThanOrEqual(at.getTime());
        expect(bucketStart(start, series)).toEqual(start);
      }),
    );
  });

  it('lose no request when hours are added up', () => {
    const someHours = fc
      .uniqueArray(anInstant, { selector: (at) => bucketStart(at, 'hourly').getTime(), maxLength: 40 })
      .map((instants) =>
        instants.map((at) => bucketStart(at, 'hourly')).sort((a, b) => a.getTime() - b.getTime()),
      );
    fc.assert(
      fc.property(someHours, fc.constantFrom(...USAGE_SERIES), (starts, series) => {
        const hours = starts.map((start): UsageBucket => ({ ...NO_USAGE, requests: 1, start }));
        const wide = widenBuckets(hours, series, 1_000);
        expect(wide.reduce((sum, bucket) => sum + bucket.requests, 0)).toBe(hours.length);
        expect(wide.map((bucket) => bucket.start.getTime())).toEqual(
          [...new Set(hours.map((hour) => bucketStart(hour.start, series).getTime()))].sort((a, b) => a - b),
        );
      }),
    );
  });
});
