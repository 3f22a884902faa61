import { describe, expect, it } from 'vitest';
import type { Original, OriginalRetention, OriginalStore } from '#libs/ccr';
import type { Clock } from '#libs/kernel';
import { aCaller, aCallerFor } from '../support/callers.js';
import { FakeClock } from '../support/fake-clock.js';
import { AWKWARD_TEXTS } from './awkward-texts.js';

const TTL = 3_600;

export function anOriginal(hash: string, overrides: Partial<Original> = {}): Original {
  return {
    hash,
    content: `content of ${hash}`,
    originalTokens: 100,
    compressedTokens: 10,
    originalItemCount: 50,
    compressedItemCount: 5,
    ...overrides,
  };
}

/** What every OriginalStore does, on every adapter. `open` gives an empty store. */
export function originalStoreContract(
  open: (clock: Clock, retention: OriginalRetention) => Promise<OriginalStore>,
): void {
  const anEmptyStore = async (maxEntries = 1_000) => {
    const clock = new FakeClock();
    return { clock, store: await open(clock, { ttlSeconds: TTL, maxEntries }) };
  };
  const caller = aCaller();

  describe('an original', () => {
    it('comes back with all that was said of it', async () => {
      const { store, clock } = await anEmptyStore();
      const original = anOriginal('a'.repeat(24), { userId: 'ann', toolName: 'search' });
      await store.put(caller, [original]);
      expect(await store.find(caller, original.hash)).toEqual({
        status: 'found',
        original: { ...original, createdAt: clock.now(), lastAccessedAt: clock.now(), retrievalCount: 0 },
      });
    });

    it.each(AWKWARD_TEXTS)('is given back exactly when it holds %s', async (_name, content) => {
      const { store } = await anEmptyStore();
      await store.put(caller, [anOriginal('a'.repeat(24), { content })]);
      const lookup = await store.find(caller, 'a'.repeat(24));
      expect(lookup.status === 'found' && lookup.original.content).toBe(content);
    });

    it('of 2 MB is given back exactly', async () => {
      const { store } = await anEmptyStore();
      const content = 'row\u0000 ✓\n'.repeat(250_000);
      await store.put(caller, [anOriginal('a'.repeat(24), { content })]);
      const lookup = await store.find(caller, 'a'.repeat(24));
      expect(lookup.status === 'found' && lookup.original.content === content).toBe(true);
    });

    it('may come from a tool whose name no text column takes', async () => {
      const { store } = await anEmptyStore();
      await store.put(caller, [anOriginal('a'.repeat(24), { toolName: 'odd\u0000\ud800' })]);
      expect((await store.find(caller, 'a'.repeat(24))).status).toBe('found');
    });

    it('is found at once, also when it reaches the disk with the next write', async () => {
      const { store } = await anEmptyStore();
      await store.put(caller, [anOriginal('a'.repeat(24))], 'with-next-write');
      expect((await store.find(caller, 'a'.repeat(24))).status).toBe('found');
      await store.put(caller, [anOriginal('a'.repeat(24))]);
      expect((await store.stats(caller)).entryCount).toBe(1);
    });

    it('of many is stored in one go, the same one twice included', async () => {
      const { store } = await anEmptyStore();
      const many = Array.from({ length: 700 }, (_, i) => anOriginal(i.toString(16).padStart(24, '0')));
      await store.put(caller, [...many, anOriginal('0'.padStart(24, '0'))]);
      expect((await store.stats(caller)).entryCount).toBe(700);
      await store.put(caller, []);
      expect((await store.stats(caller)).entryCount).toBe(700);
    });
  });

  describe('its expiry', () => {
    it('tells expired from never stored, before and after a sweep', async () => {
      const { store, clock } = await anEmptyStore();
      await store.put(caller, [anOriginal('a'.repeat(24))]);
      clock.advanceSeconds(TTL + 5);
      const expired = { status: 'expired', ageSeconds: TTL + 5 };
      expect(await store.find(caller, 'a'.repeat(24))).toEqual(expired);
      expect(await store.find(caller, 'b'.repeat(24))).toEqual({ status: 'unknown' });
      expect(await store.sweep()).toBe(1);
      expect(await store.sweep()).toBe(0);
      expect(await store.find(caller, 'a'.repeat(24))).toEqual(expired);
    });

    it('slides: a retrieval and storing again start it anew', async () => {
      const { store, clock } = await anEmptyStore();
      await store.put(caller, [anOriginal('a'.repeat(24)), anOriginal('b'.repeat(24))]);
      clock.advanceSeconds(TTL - 10);
      await store.recordRetrieval(caller, aRetrieval('a'.repeat(24), clock));
      await store.put(caller, [anOriginal('b'.repeat(24))]);
      clock.advanceSeconds(TTL - 10);
      expect((await store.find(caller, 'a'.repeat(24))).status).toBe('found');
      expect((await store.find(caller, 'b'.repeat(24))).status).toBe('found');
      clock.advanceSeconds(11);
      expect((await store.find(caller, 'a'.repeat(24))).status).toBe('expired');
    });

    it.each([
      ['swept', true],
      ['not swept yet', false],
    ])('ends when the same content is stored again (%s)', async (_name, swept) => {
      const { store, clock } = await anEmptyStore();
      await store.put(caller, [anOriginal('a'.repeat(24), { content: 'same\u0000' })]);
      await store.recordRetrieval(caller, aRetrieval('a'.repeat(24), clock));
      clock.advanceSeconds(TTL + 5);
      if (swept) await store.sweep();
      await store.put(caller, [anOriginal('a'.repeat(24), { content: 'same\u0000' })]);
      expect(await store.find(caller, 'a'.repeat(24))).toMatchObject({
        status: 'found',
        original: { content: 'same\u0000', createdAt: clock.now(), retrievalCount: 0 },
      });
    });

    it('comes early for the least recently used beyond the limit of a tenant, and of that tenant alone', async () => {
      const { store, clock } = await anEmptyStore(2);
      const other = aCaller({ tenantId: 'tenant-b' });
      await store.put(other, [anOriginal('f'.repeat(24))]);
      for (const letter of ['a', 'b', 'c']) {
        await store.put(caller, [anOriginal(letter.repeat(24))]);
        clock.advanceSeconds(1);
      }
      await store.recordRetrieval(caller, aRetrieval('a'.repeat(24), clock));
      expect(await store.sweep()).toBe(1);
      expect((await store.find(caller, 'a'.repeat(24))).status).toBe('found');
      expect((await store.find(caller, 'b'.repeat(24))).status).toBe('expired');
      expect((await store.find(caller, 'c'.repeat(24))).status).toBe('found');
      expect((await store.find(other, 'f'.repeat(24))).status).toBe('found');
    });

    it('leaves a trace for 30 days', async () => {
      const { store, clock } = await anEmptyStore();
      await store.put(caller, [anOriginal('a'.repeat(24))]);
      clock.advanceSeconds(31 * 86_400);
      await store.sweep();
      expect(await store.find(caller, 'a'.repeat(24))).toEqual({ status: 'unknown' });
    });
  });

  describe('its owner', () => {
    it('is a tenant: another one finds nothing under the same hash', async () => {
      const { store } = await anEmptyStore();
      const other = aCaller({ tenantId: 'tenant-b' });
      await store.put(caller, [anOriginal('a'.repeat(24))]);
      expect(await store.find(other, 'a'.repeat(24))).toEqual({ status: 'unknown' });
      expect((await store.stats(other)).entryCount).toBe(0);
    });

    it('is a user: each has their own, and nobody’s are the whole tenant’s', async () => {
      const { store } = await anEmptyStore();
      await store.put(caller, [
        anOriginal('a'.repeat(24), { userId: 'ann', toolName: 'of ann' }),
        anOriginal('a'.repeat(24), { userId: 'bob', toolName: 'of bob' }),
        anOriginal('c'.repeat(24)),
      ]);
      expect(await store.find(caller, 'a'.repeat(24), 'bob')).toMatchObject({
        original: { toolName: 'of bob' },
      });
      expect(await store.find(caller, 'a'.repeat(24), 'cid')).toEqual({ status: 'unknown' });
      expect((await store.find(caller, 'c'.repeat(24), 'cid')).status).toBe('found');
      expect((await store.find(caller, 'a'.repeat(24))).status).toBe('found');
      expect((await store.stats(caller)).entryCount).toBe(3);
    });

    it('is out of reach of a key bound to other users', async () => {
      const { store, clock } = await anEmptyStore();
      const bob = aCallerFor(['bob']);
      await store.put(caller, [anOriginal('a'.repeat(24), { userId: 'ann' })]);
      await store.recordRetrieval(caller, aRetrieval('a'.repeat(24), clock));
      expect(await store.find(bob, 'a'.repeat(24))).toEqual({ status: 'unknown' });
      expect(await store.find(bob, 'a'.repeat(24), 'ann')).toEqual({ status: 'unknown' });
      expect(await store.stats(bob)).toMatchObject({ entryCount: 0, eventCount: 0, recentRetrievals: [] });
      const stolen = store.put(bob, [anOriginal('b'.repeat(24), { userId: 'ann' })]);
      await expect(stolen).rejects.toMatchObject({ code: 'forbidden' });
    });
  });

  describe('its retrievals', () => {
    it('are counted and the last 20 told, newest first', async () => {
      const { store, clock } = await anEmptyStore();
      await store.put(caller, [anOriginal('a'.repeat(24), { userId: 'ann' }), anOriginal('b'.repeat(24))]);
      for (let i = 0; i < 25; i++) {
        clock.advanceSeconds(1);
        await store.recordRetrieval(caller, aRetrieval('a'.repeat(24), clock, `question ${i}`));
      }
      const stats = await store.stats(caller);
      expect(stats).toMatchObject({
        entryCount: 2,
        totalOriginalTokens: 200,
        totalCompressedTokens: 20,
        totalRetrievals: 25,
        eventCount: 25,
      });
      expect(stats.recentRetrievals).toHaveLength(20);
      expect(stats.recentRetrievals[0]).toEqual({
        ...aRetrieval('a'.repeat(24), clock, 'question 24'),
        userId: 'ann',
      });
      expect(await store.find(caller, 'a'.repeat(24))).toMatchObject({ original: { retrievalCount: 25 } });
    });

    it('may ask with a query that no text column takes', async () => {
      const { store, clock } = await anEmptyStore();
      await store.put(caller, [anOriginal('a'.repeat(24))]);
      await store.recordRetrieval(caller, aRetrieval('a'.repeat(24), clock, 'odd\u0000\udc00'));
      expect((await store.stats(caller)).eventCount).toBe(1);
    });
  });
}

function aRetrieval(hash: string, clock: Clock, query?: string) {
  return {
    hash,
    query,
    itemsRetrieved: 3,
    totalItems: 50,
    toolName: 'search',
    retrievalType: query === undefined ? ('full' as const) : ('search' as const),
    at: clock.now(),
  };
}
