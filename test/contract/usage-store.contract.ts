import { describe, expect, it } from 'vitest';
import { NO_USAGE, type RequestRecord, type UsageStore } from '#libs/usage';
import { aCaller, aCallerFor } from '../support/callers.js';

let records = 0;

function aRecord(overrides: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: `req_${String(++records).padStart(6, '0')}`,
    at: new Date('2026-11-22T12:30:00.123Z'),
    operation: 'chat.completions',
    mode: 'optimize',
    tokensBefore: 100,
    tokensAfter: 40,
    outputTokens: 7,
    savedUsd: 0.5,
    costUsd: 0.25,
    overheadMs: 1.5,
    latencyMs: 250.75,
    transforms: [],
    failed: false,
    ...overrides,
  };
}

/** What every UsageStore does, on every adapter. `open` gives an empty store. */
export function usageStoreContract(open: () => Promise<UsageStore>): void {
  const caller = aCaller();

  it('gives the last requests back as recorded, newest first, no more than asked for', async () => {
    const store = await open();
    const full = aRecord({
      at: new Date('2026-11-22T12:40:00.001Z'),
      userId: 'ann',
      provider: 'openai',
      model: 'gpt-4o',
      transforms: ['json:table', 'log:templates'],
      failed: true,
    });
    const plain = aRecord();
    const oldest = aRecord({ at: new Date('2026-11-21T00:00:00Z') });
    await store.record(caller, [oldest, full, plain]);
    expect(await store.recent(caller, 2)).toEqual([full, plain]);
    expect(await store.recent(caller, 0)).toEqual([]);
    expect(await store.recent(caller, 50)).toHaveLength(3);
  });

  it('adds requests up over the tenant’s whole life', async () => {
    const store = await open();
    expect(await store.lifetime(caller)).toEqual(NO_USAGE);
    await store.record(caller, []);
    await store.record(caller, [aRecord(), aRecord({ model: 'a', failed: true })]);
    await store.record(caller, [aRecord({ model: 'a' })]);
    expect(await store.lifetime(caller)).toEqual({
      requests: 3,
      failed: 1,
      tokensBefore: 300,
      tokensAfter: 120,
      tokensSaved: 180,
      outputTokens: 21,
      savedUsd: 1.5,
      costUsd: 0.75,
    });
  });

  it('counts a record once, however often it is told', async () => {
    const store = await open();
    const record = aRecord();
    await store.record(caller, [record, record]);
    await store.record(caller, [record, aRecord()]);
    expect((await store.lifetime(caller)).requests).toBe(2);
    expect(await store.recent(caller, 10)).toHaveLength(2);
  });

  it('takes many at once', async () => {
    const store = await open();
    await store.record(
      caller,
      Array.from({ length: 1_001 }, (_, i) => aRecord({ model: `model ${i % 7}` })),
    );
    expect((await store.lifetime(caller)).requests).toBe(1_001);
  });

  it('loses nothing when several writers record at once', async () => {
    const store = await open();
    const batch = () => [aRecord({ model: 'b' }), aRecord({ model: 'a' }), aRecord({ model: 'c' })];
    await Promise.all(Array.from({ length: 8 }, () => store.record(caller, batch())));
    expect((await store.lifetime(caller)).requests).toBe(24);
  });

  it('groups them by hour, day, week from Monday, and month, in UTC, oldest first', async () => {
    const store = await open();
    const instants = [
      '2026-11-01T00:00:00.000Z', // Sunday
      '2026-11-22T23:59:59.999Z', // Sunday
      '2026-11-23T00:00:00.000Z', // Monday
      '2026-11-23T00:59:00.000Z',
    ];
    await store.record(
      caller,
      instants.map((at) => aRecord({ at: new Date(at) })),
    );
    const series = async (name: 'hourly' | 'daily' | 'weekly' | 'monthly', limit = 100) =>
      (await store.series(caller, name, limit)).map(({ start, requests }) => [
        start.toISOString().slice(0, 13),
        requests,
      ]);
    expect(await series('hourly')).toEqual([
      ['2026-11-01T00', 1],
      ['2026-11-22T23', 1],
      ['2026-11-23T00', 2],
    ]);
    expect(await series('daily')).toEqual([
      ['2026-11-01T00', 1],
      ['2026-11-22T00', 1],
      ['2026-11-23T00', 2],
    ]);
    expect(await series('weekly')).toEqual([
      ['2026-10-26T00', 1],
      ['2026-11-16T00', 1],
      ['2026-11-23T00', 2],
    ]);
    expect(await series('monthly')).toEqual([['2026-11-01T00', 4]]);
    expect(await series('hourly', 1)).toEqual([['2026-11-23T00', 2]]);
    expect(await series('hourly', 0)).toEqual([]);
  });

  it('keeps what requests added up to when the requests themselves are dropped', async () => {
    const store = await open();
    await store.record(caller, [aRecord(), aRecord({ at: new Date('2026-11-23T00:00:00Z') })]);
    expect(await store.sweep(new Date('2026-11-23T00:00:00Z'))).toBe(1);
    expect(await store.recent(caller, 10)).toHaveLength(1);
    expect((await store.lifetime(caller)).requests).toBe(2);
    expect(await store.series(caller, 'hourly', 10)).toHaveLength(2);
  });

  it('adds old hours up to days, losing nothing, also when asked again or of requests that come late', async () => {
    const store = await open();
    const at = (instant: string, model?: string) => aRecord({ at: new Date(instant), model });
    await store.record(caller, [
      at('2026-09-01T00:10:00Z', 'a'),
      at('2026-09-01T05:00:00Z', 'a'),
      at('2026-09-01T05:30:00Z', 'b'),
      at('2026-09-01T23:59:59Z'),
      at('2026-09-02T01:00:00Z', 'a'),
      at('2026-09-03T07:00:00Z', 'a'),
    ]);
    const all = async () => ({
      lifetime: await store.lifetime(caller),
      wide: await Promise.all(
        (['daily', 'weekly', 'monthly'] as const).map((series) => store.series(caller, series, 100)),
      ),
    });
    const before = await all();
    expect(await store.rollUp(new Date('2026-09-03T06:00:00Z'))).toBeGreaterThan(0);
    expect(await store.rollUp(new Date('2026-09-03T06:00:00Z'))).toBe(0);
    expect(await all()).toEqual(before);
    const hours = async () =>
      (await store.series(caller, 'hourly', 100)).map(({ start, requests }) => [
        start.toISOString().slice(0, 13),
        requests,
      ]);
    const folded = [
      ['2026-09-01T00', 4],
      ['2026-09-02T00', 1],
      ['2026-09-03T07', 1],
    ];
    expect(await hours()).toEqual(folded);
    await store.record(caller, [at('2026-09-01T09:00:00Z', 'a')]);
    await store.rollUp(new Date('2026-09-03T06:00:00Z'));
    expect(await hours()).toEqual([['2026-09-01T00', 5], ...folded.slice(1)]);
  });

  it('survives labels that no text column takes', async () => {
    const store = await open();
    await store.record(caller, [
      aRecord({ model: 'odd\u0000\ud800', provider: '\u0000', transforms: ['\u0000'] }),
    ]);
    expect((await store.lifetime(caller)).requests).toBe(1);
  });

  describe('isolation', () => {
    it('keeps tenants apart, also under the same request id', async () => {
      const store = await open();
      const other = aCaller({ tenantId: 'tenant-b' });
      const record = aRecord();
      await store.record(caller, [record]);
      expect(await store.lifetime(other)).toEqual(NO_USAGE);
      expect(await store.recent(other, 10)).toEqual([]);
      expect(await store.series(other, 'daily', 10)).toEqual([]);
      await store.record(other, [record]);
      expect((await store.lifetime(other)).requests).toBe(1);
    });

    it('shows a key bound to users no request of another user', async () => {
      const store = await open();
      const nobodys = aRecord();
      await store.record(caller, [aRecord({ userId: 'ann' }), nobodys]);
      expect(await store.recent(aCallerFor(['bob']), 10)).toEqual([nobodys]);
    });
  });
}
