import { expect, it } from 'vitest';
import {
  type Clock,
  IDEMPOTENCY_LEASE_SECONDS,
  type IdempotencyStore,
  type IdempotentAnswer,
} from '#libs/kernel';
import { aCaller } from '../support/callers.js';
import { FakeClock } from '../support/fake-clock.js';
import { AWKWARD_TEXTS } from './awkward-texts.js';

const ANSWER: IdempotentAnswer = { status: 201, headers: { etag: '"1"' }, body: '{"id":"mem_1"}' };

/** What every IdempotencyStore does, on every adapter. `open` gives an empty store. */
export function idempotencyStoreContract(open: (clock: Clock) => Promise<IdempotencyStore>): void {
  const caller = aCaller();
  const anEmptyStore = async () => {
    const clock = new FakeClock();
    const store = await open(clock);
    const claim = async (key: string, bodyHash = 'body', by = caller) => {
      const begun = await store.begin(by, key, bodyHash);
      if (begun.outcome !== 'started') throw new Error('The key was taken.');
      return begun.claimId;
    };
    return { clock, store, claim };
  };

  it('replays the first answer to the same request', async () => {
    const { store, claim } = await anEmptyStore();
    await store.complete(caller, 'key', await claim('key'), ANSWER, 'ann');
    const replay = { outcome: 'replay', answer: ANSWER };
    expect(await store.begin(caller, 'key', 'body')).toEqual(replay);
    expect(await store.begin(caller, 'key', 'body')).toEqual(replay);
    expect((await store.begin(caller, 'other key', 'body')).outcome).toBe('started');
  });

  it.each(AWKWARD_TEXTS)('replays a body exactly that holds %s', async (_name, body) => {
    const { store, claim } = await anEmptyStore();
    await store.complete(caller, 'key', await claim('key'), { ...ANSWER, body });
    expect(await store.begin(caller, 'key', 'body')).toMatchObject({ answer: { body } });
  });

  it('refuses the same key with another body, before and after the answer', async () => {
    const { store, claim } = await anEmptyStore();
    const claimId = await claim('key');
    await expect(store.begin(caller, 'key', 'another body')).rejects.toMatchObject({ code: 'conflict' });
    await store.complete(caller, 'key', claimId, ANSWER);
    await expect(store.begin(caller, 'key', 'another body')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('refuses a repetition while the first request is still running', async () => {
    const { store, claim } = await anEmptyStore();
    await claim('key');
    await expect(store.begin(caller, 'key', 'body')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('lets work that knows a repetition take over from a request that never ended, and from no other', async () => {
    const { store, claim } = await anEmptyStore();
    const lost = await claim('key');
    const taken = await store.begin(caller, 'key', 'body', true);
    if (taken.outcome !== 'started') throw new Error(taken.outcome);
    await store.complete(caller, 'key', lost, { ...ANSWER, body: 'of the one that was lost' });
    await store.complete(caller, 'key', taken.claimId, ANSWER);
    const replay = { outcome: 'replay', answer: ANSWER };
    expect(await store.begin(caller, 'key', 'body', true)).toEqual(replay);
    await claim('other');
    await expect(store.begin(caller, 'other', 'another body', true)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('lets one of many concurrent requests through', async () => {
    const { store } = await anEmptyStore();
    const begun = await Promise.allSettled(
      Array.from({ length: 8 }, () => store.begin(caller, 'key', 'body')),
    );
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('frees the key after a failure', async () => {
    const { store, claim } = await anEmptyStore();
    await store.abandon(caller, 'key', await claim('key'));
    expect((await store.begin(caller, 'key', 'another body')).outcome).toBe('started');
  });

  it('keeps an answer that was given, also when its claim is abandoned afterwards', async () => {
    const { store, claim } = await anEmptyStore();
    const claimId = await claim('key');
    await store.complete(caller, 'key', claimId, ANSWER);
    await store.abandon(caller, 'key', claimId);
    expect((await store.begin(caller, 'key', 'body')).outcome).toBe('replay');
  });

  it('forgets after 24 h', async () => {
    const { store, claim, clock } = await anEmptyStore();
    await store.complete(caller, 'key', await claim('key'), ANSWER);
    clock.advanceSeconds(86_399);
    expect((await store.begin(caller, 'key', 'body')).outcome).toBe('replay');
    clock.advanceSeconds(1);
    expect((await store.begin(caller, 'key', 'another body')).outcome).toBe('started');
  });

  it('frees the key of a request that never ended, whose late answer then counts for nothing', async () => {
    const { store, claim, clock } = await anEmptyStore();
    const lost = await claim('key');
    clock.advanceSeconds(IDEMPOTENCY_LEASE_SECONDS);
    const next = await claim('key');
    await store.complete(caller, 'key', lost, { ...ANSWER, body: 'late' });
    await store.abandon(caller, 'key', lost);
    await store.complete(caller, 'key', next, ANSWER);
    expect(await store.begin(caller, 'key', 'body')).toEqual({ outcome: 'replay', answer: ANSWER });
  });

  it('holds the key of a request that gives signs of life, for as long as it does', async () => {
    const { store, claim, clock } = await anEmptyStore();
    const claimId = await claim('key');
    for (let i = 0; i < 3; i++) {
      clock.advanceSeconds(IDEMPOTENCY_LEASE_SECONDS - 1);
      await store.renew(caller, 'key', claimId);
      expect(await store.sweep()).toBe(0);
      await expect(store.begin(caller, 'key', 'body')).rejects.toMatchObject({ code: 'conflict' });
    }
    clock.advanceSeconds(IDEMPOTENCY_LEASE_SECONDS);
    const next = await claim('key');
    // One that was lost, or has its answer, holds nothing.
    clock.advanceSeconds(1);
    await store.renew(caller, 'key', claimId);
    clock.advanceSeconds(IDEMPOTENCY_LEASE_SECONDS - 1);
    await store.complete(caller, 'key', await claim('key'), ANSWER);
    clock.advanceSeconds(86_399);
    await store.renew(caller, 'key', next);
    clock.advanceSeconds(1);
    expect((await store.begin(caller, 'key', 'another body')).outcome).toBe('started');
  });

  it('sweeps what is over', async () => {
    const { store, claim, clock } = await anEmptyStore();
    await store.complete(caller, 'answered', await claim('answered'), ANSWER);
    await claim('lost');
    clock.advanceSeconds(IDEMPOTENCY_LEASE_SECONDS);
    expect(await store.sweep()).toBe(1);
    expect((await store.begin(caller, 'answered', 'body')).outcome).toBe('replay');
    clock.advanceSeconds(86_400);
    expect(await store.sweep()).toBe(1);
  });

  it('keeps the keys of tenants and of API keys apart', async () => {
    const { store, claim } = await anEmptyStore();
    await store.complete(caller, 'key', await claim('key'), ANSWER);
    for (const other of [aCaller({ tenantId: 'tenant-b' }), aCaller({ keyId: 'key_2' })]) {
      expect((await store.begin(other, 'key', 'body')).outcome).toBe('started');
    }
  });
}
