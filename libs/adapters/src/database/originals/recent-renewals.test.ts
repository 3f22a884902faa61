import { describe, expect, it } from 'vitest';
import { RecentRenewals } from './recent-renewals.js';

const DAY = 86_400;
const done = (): Promise<void> => Promise.resolve();

describe('what was just stored', () => {
  it('need not be stored again for a minute, or for a tenth of a short life', async () => {
    const renewals = new RecentRenewals();
    await renewals.renew(['a'], 1_000, done);
    expect(renewals.isRecent('a', 60_999, DAY)).toBe(true);
    expect(renewals.isRecent('a', 61_000, DAY)).toBe(false);
    expect(renewals.isRecent('a', 1_999, 10)).toBe(true);
    expect(renewals.isRecent('a', 2_000, 10)).toBe(false);
    expect(renewals.isRecent('b', 1_000, DAY)).toBe(false);
    expect(renewals.isRecent('a', 999, DAY)).toBe(false);
  });

  it('is not remembered when it could not be stored', async () => {
    const renewals = new RecentRenewals();
    await expect(renewals.renew(['a'], 0, () => Promise.reject(new Error('full')))).rejects.toThrow('full');
    expect(renewals.isRecent('a', 0, DAY)).toBe(false);
  });

  it('is forgotten when something is removed, before or while it is stored', async () => {
    const renewals = new RecentRenewals();
    await renewals.renew(['before'], 0, done);
    await renewals.whileRemoving(async () => {
      expect(renewals.isRecent('before', 0, DAY)).toBe(false);
      await renewals.renew(['within'], 0, done);
    });
    await renewals.renew(['around'], 0, () => renewals.whileRemoving(done));
    for (const key of ['before', 'within', 'around']) expect(renewals.isRecent(key, 0, DAY)).toBe(false);
    let stored: () => void = () => undefined;
    let late: Promise<void> = done();
    await renewals.whileRemoving(() => {
      late = renewals.renew(['late'], 0, () => new Promise((resolve) => (stored = resolve)));
      return done();
    });
    stored();
    await late;
    expect(renewals.isRecent('late', 0, DAY)).toBe(false);
  });
});
