import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadroomError } from '#libs/kernel';
import { pauseAfter } from './back-off.js';

const chance = fc.double({ min: 0, max: 1, noNaN: true });
const attempt = fc.integer({ min: 1, max: 12 });
const backoff = fc.integer({ min: 1, max: 60_000 });

describe('the pause after a failed attempt', () => {
  it('doubles, and is never shorter than half of that', () => {
    fc.assert(
      fc.property(attempt, backoff, chance, (n, backoffMs, luck) => {
        const whole = backoffMs * 2 ** (n - 1);
        const pause = pauseAfter(n, new Error('down'), backoffMs, luck);
        expect(pause).toBeGreaterThanOrEqual(Math.floor(whole / 2));
        expect(pause).toBeLessThanOrEqual(whole);
      }),
    );
  });

  it('is as long as a service asks for, up to an hour', () => {
    fc.assert(
      fc.property(attempt, chance, fc.integer({ min: 0, max: 10_000_000 }), (n, luck, asked) => {
        const error = new HeadroomError('unavailable', 'later', { retry_after_ms: asked });
        expect(pauseAfter(n, error, 1, luck)).toBeGreaterThanOrEqual(Math.min(asked, 3_600_000));
      }),
    );
    const far = new HeadroomError('unavailable', 'later', { retry_after_ms: 1e12 });
    expect(pauseAfter(1, far, 1, 0)).toBe(3_600_000);
  });

  it('differs between jobs that failed together', () => {
    const pauses = new Set(Array.from({ length: 50 }, () => pauseAfter(3, new Error('down'), 1_000)));
    expect(pauses.size).toBeGreaterThan(10);
  });
});
