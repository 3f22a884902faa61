import type { Caller } from '#libs/kernel';
import { describe, expect, test } from 'vitest';
import { UsageRecorder } from './usage-recorder.js';
import { UsageStore, type RequestRecord, type UsageBucket, type UsageTotals } from './usage-store.js';

const CALLER: Caller = { tenantId: 't', users: ['ada'], isAdmin: false, keyId: 'key_1' };

const aRecord = (id: string): RequestRecord => ({
  id,
  at: new Date(0),
  operation: 'compress',
  model: 'gpt-4o',
  mode: 'optimize',
  tokensBefore: 100,
  tokensAfter: 40,
  outputTokens: 5,
  savedUsd: 0.5,
  costUsd: 1,
  overheadMs: 2,
  latencyMs: 4,
  transforms: ['json'],
  failed: false,
});

/** A store that can be made to fail. */
class ListStore extends UsageStore {
  readonly stored: string[] = [];
  isFailing = false;

  record(_caller: Caller, records: readonly RequestRecord[]): Promise<void> {
    if (this.isFailing) return Promise.reject(new Error('disk full'));
    this.stored.push(...records.map((record) => record.id));
    return Promise.resolve();
  }

  lifetime(): Promise<UsageTotals> {
    return Promise.reject(new Error('not asked for'));
  }

  recent(): Promise<readonly RequestRecord[]> {
    return Promise.resolve([]);
  }

  series(): Promise<readonly UsageBucket[]> {
    return Promise.resolve([]);
  }

  sweep(): Promise<number> {
    return Promise.resolve(0);
  }

  rollUp(): Promise<number> {
    return Promise.resolve(0);
  }
}

describe('recording usage', () => {
  test('counts at once and stores on a flush, in order', async () => {
    const store = new ListStore();
    const recorder = new UsageRecorder(store);
    recorder.record(CALLER, aRecord('a'));
    recorder.record({ ...CALLER, keyId: 'key_2' }, aRecord('b'));
    expect(recorder.live(CALLER)).toMatchObject({ requests: 2, tokensBefore: 200, byModel: { 'gpt-4o': 2 } });
    expect(store.stored).toEqual([]);
    await recorder.flush();
    expect(store.stored).toEqual(['a', 'b']);
  });

  test('keeps what the store refused for the next flush', async () => {
    const store = new ListStore();
    const failures: unknown[] = [];
    const recorder = new UsageRecorder(store, { onFailure: (error) => failures.push(error) });
    store.isFailing = true;
    recorder.record(CALLER, aRecord('a'));
    await recorder.flush();
    store.isFailing = false;
    recorder.record(CALLER, aRecord('b'));
    await recorder.flush();
    expect([failures.length, store.stored]).toEqual([1, ['a', 'b']]);
  });
});
