import fc from 'fast-check';
import { expect, it } from 'vitest';
import { retryAfterMs } from './hub-file.js';

it('reads the pause that a service asks for, in seconds or until a date', () => {
  expect(retryAfterMs('120')).toBe(120_000);
  expect(retryAfterMs('Fri, 31 Dec 1999 23:59:59 GMT')).toBe(0);
  expect(retryAfterMs(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
  expect(retryAfterMs(undefined)).toBeUndefined();
  expect(retryAfterMs('')).toBeUndefined();
  expect(retryAfterMs('soon')).toBeUndefined();
});

it('never gives a pause that cannot be waited for, whatever the header holds', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.double().map(String), fc.date({ noInvalidDate: true }).map(String)),
      (header) => {
        const pause = retryAfterMs(header);
        expect(pause === undefined || (Number.isFinite(pause) && pause >= 0)).toBe(true);
      },
    ),
  );
});
