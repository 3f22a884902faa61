import { describe, expect, it } from 'vitest';
import type { Clock } from '#libs/kernel';
import type { EntryDraft, PutCondition, SharedContextStore, SourceRequest } from '#libs/shared-context';
import { aCaller, aCallerFor } from '../support/callers.js';
import { FakeClock } from '../support/fake-clock.js';
import { anEntry, ENTRY_TTL_SECONDS } from '../support/shared-entries.js';
import { AWKWARD_TEXTS } from './awkward-texts.js';

const ANY: PutCondition = { kind: 'any' };
const ABSENT: PutCondition = { kind: 'absent' };

/** What every SharedContextStore does, on every adapter. `open` gives an empty store. */
export function sharedContextStoreContract(open: (clock: Clock) => Promise<SharedContextStore>): void {
  const caller = aCaller();
  const anEmptyStore = async () => {
    const clock = new FakeClock();
    const store = await open(clock);
    const entry = (key: string, overrides: Partial<EntryDraft> = {}) => anEntry(clock, key, overrides);
    const put = (key: string, overrides: Partial<EntryDraft> = {}, condition = ANY, by = caller, max = 100) =>
      store.put(by, entry(key, overrides), condition, max);
    const find = (key: string, by = caller) => store.find(by, 'release', key, clock.now());
    const keys = async (by = caller, limit = 50, cursor?: string) => {
      const page = await store.list(by, 'release', { limit, cursor }, clock.now());
      return page.data.map(({ key }) => key);
    };
    return { clock, store, entry, put, find, keys };
  };

  describe('an entry', () => {
    it('comes back with all that was said of it', async () => {
      const { put, find } = await anEmptyStore();
      const { entry, created, evicted } = await put('plan', {
        agent: 'planner',
        userId: 'ann',
        contentKind: 'json',
        metadata: { nested: { list: [1, null, 'x\u0000'] } },
      });
      expect({ created, evicted, version: entry.version }).toEqual({
        created: true,
        evicted: [],
        version: 1,
      });
      expect(await find('plan')).toEqual({ status: 'found', entry });
      expect(entry).toMatchObject({
        agent: 'planner',
        userId: 'ann',
        metadata: { nested: { list: [1, null, 'x\u0000'] } },
      });
    });

    it.each(AWKWARD_TEXTS)('is given back exactly when it holds %s', async (_name, text) => {
      const { put, find } = await anEmptyStore();
      await put('plan', { original: text, compressed: `~${text}` });
      const lookup = await find('plan');
      expect(lookup.status === 'found' && [lookup.entry.original, lookup.entry.compressed]).toEqual([
        text,
        `~${text}`,
      ]);
    });

    it.each(['a', 'A', 'a/b', 'a%', 'a ', ' a', 'á', 'a\u0301', `'"; --`, '🧠', 'x'.repeat(9_000)])(
      'is found by its exact name alone: %#',
      async (name) => {
        const { store, put, entry, clock } = await anEmptyStore();
        await put('ab');
        await store.put(caller, entry(name, { context: name }), ANY, 100);
        const lookup = await store.find(caller, name, name, clock.now());
        expect(lookup).toMatchObject({ status: 'found', entry: { context: name, key: name } });
        expect(await store.find(caller, 'release', name, clock.now())).toEqual({ status: 'unknown' });
        expect(await store.find(caller, name, `${name}x`, clock.now())).toEqual({ status: 'unknown' });
      },
    );
  });

  describe('its version', () => {
    it('counts puts of the key, also past a delete, a clearing, an eviction and an expiry', async () => {
      const { store, put, clock } = await anEmptyStore();
      const versions = [await put('plan'), await put('plan')];
      await store.remove(caller, 'release', 'plan');
      versions.push(await put('plan'));
      await store.clear(caller, 'release');
      versions.push(await put('plan'));
      await put('other', {}, ANY, caller, 1);
      versions.push(await put('plan'));
      clock.advanceSeconds(ENTRY_TTL_SECONDS + 1);
      await store.sweep(clock.now());
      versions.push(await put('plan'));
      expect(versions.map(({ entry }) => entry.version)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(versions.map(({ created }) => created)).toEqual([true, false, true, true, true, true]);
    });

    it('can be demanded of a put', async () => {
      const { put } = await anEmptyStore();
      await put('plan');
      const stale = put('plan', {}, { kind: 'version', version: 2 });
      await expect(stale).rejects.toMatchObject({
        code: 'precondition_failed',
        details: { current_version: 1 },
      });
      const { entry } = await put('plan', {}, { kind: 'version', version: 1 });
      expect(entry.version).toBe(2);
      const ofNone = put('none', {}, { kind: 'version', version: 1 });
      await expect(ofNone).rejects.toMatchObject({ code: 'precondition_failed' });
    });

    it('can be demanded of a delete', async () => {
      const { store, put, find } = await anEmptyStore();
      await put('plan');
      const stale = store.remove(caller, 'release', 'plan', 7);
      await expect(stale).rejects.toMatchObject({ code: 'precondition_failed' });
      expect((await find('plan')).status).toBe('found');
      expect(await store.remove(caller, 'release', 'plan', 1)).toBe(true);
      const gone = store.remove(caller, 'release', 'plan', 1);
      await expect(gone).rejects.toMatchObject({ code: 'precondition_failed' });
      expect(await store.remove(caller, 'release', 'plan')).toBe(false);
    });

    it('may be demanded not to exist: expired and deleted entries count as absent', async () => {
      const { store, put, clock } = await anEmptyStore();
      await put('plan', {}, ABSENT);
      await expect(put('plan', {}, ABSENT)).rejects.toMatchObject({ code: 'precondition_failed' });
      clock.advanceSeconds(ENTRY_TTL_SECONDS + 1);
      expect((await put('plan', {}, ABSENT)).entry.version).toBe(2);
      await store.remove(caller, 'release', 'plan');
      expect((await put('plan', {}, ABSENT)).entry.version).toBe(3);
    });

    it('is won by one of many concurrent puts that demand the same', async () => {
      const { put, find } = await anEmptyStore();
      await put('plan');
      const attempts = Array.from({ length: 8 }, (_, i) =>
        put('plan', { original: `from ${i}` }, { kind: 'version', version: 1 }),
      );
      const outcomes = await Promise.allSettled(attempts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await find('plan')).toMatchObject({ entry: { version: 2 } });
    });

    it('is never given twice to concurrent puts', async () => {
      const { put } = await anEmptyStore();
      const outcomes = await Promise.all(Array.from({ length: 12 }, () => put('plan')));
      const versions = outcomes.map(({ entry }) => entry.version).sort((a, b) => a - b);
      expect(versions).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
      expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    });
  });

  describe('what it was made from', () => {
    const from = (...derivedFrom: SourceRequest[]) => ({ derivedFrom });

    it('is fixed at the versions that are there when it is put', async () => {
      const { store, put, find, clock } = await anEmptyStore();
      await put('facts');
      await put('facts');
      await put('plan');
      const { entry } = await put('report', from({ key: 'facts' }, { key: 'plan' }));
      await put('facts');
      await store.remove(caller, 'release', 'plan');
      const derivedFrom = [
        { key: 'facts', version: 2 },
        { key: 'plan', version: 1 },
      ];
      expect(entry.derivedFrom).toEqual(derivedFrom);
      expect(await find('report')).toEqual({ status: 'found', entry });
      const { data } = await store.list(caller, 'release', { limit: 5 }, clock.now());
      expect(data.map((each) => each.derivedFrom)).toEqual([[], derivedFrom]);
    });

    it('may be an earlier version, also one that is gone, and its own last', async () => {
      const { store, put, find } = await anEmptyStore();
      for (const key of ['facts', 'facts', 'report']) await put(key);
      await store.remove(caller, 'release', 'facts');
      await put('report', from({ key: 'report' }, { key: 'facts', version: 1 }));
      expect(await find('report')).toMatchObject({
        entry: {
          version: 2,
          derivedFrom: [
            { key: 'report', version: 1 },
            { key: 'facts', version: 1 },
          ],
        },
      });
    });

    it('is that of its newest version alone', async () => {
      const { put, find } = await anEmptyStore();
      for (const key of ['facts', 'plan']) await put(key);
      await put('report', from({ key: 'facts' }, { key: 'plan' }));
      await put('report', from({ key: 'plan' }));
      expect(await find('report')).toMatchObject({ entry: { derivedFrom: [{ key: 'plan', version: 1 }] } });
      await put('report');
      expect(await find('report')).toMatchObject({ entry: { derivedFrom: [] } });
    });

    it('must have been there, or nothing is put', async () => {
      const { store, put, find } = await anEmptyStore();
      for (const key of ['facts', 'gone']) await put(key);
      await store.remove(caller, 'release', 'gone');
      const refused = put('report', from({ key: 'never' }, { key: 'gone' }, { key: 'facts', version: 2 }));
      await expect(refused).rejects.toMatchObject({
        code: 'validation_error',
        details: { errors: [0, 1, 2].map((index) => ({ path: `derived_from[${index}]` })) },
      });
      expect(await find('report')).toEqual({ status: 'unknown' });
    });

    it('is told only to those who may see it', async () => {
      const { put, find } = await anEmptyStore();
      const bob = aCallerFor(['bob']);
      await put('of ann', { userId: 'ann' });
      await put('of bob', { userId: 'bob' });
      await expect(put('report', from({ key: 'of ann' }), ANY, bob)).rejects.toMatchObject({
        code: 'forbidden',
      });
      await put('report', from({ key: 'of ann' }, { key: 'of bob' }));
      expect(await find('report', bob)).toMatchObject({
        entry: { derivedFrom: [{ key: 'of bob', version: 1 }] },
      });
    });
  });

  describe('its end', () => {
    it('tells expired from never there, before and after a sweep', async () => {
      const { store, put, find, keys, clock } = await anEmptyStore();
      await put('plan');
      const expiredAt = new Date(clock.now().getTime() + ENTRY_TTL_SECONDS * 1000);
      clock.advanceSeconds(ENTRY_TTL_SECONDS);
      expect(await find('plan')).toEqual({ status: 'expired', expiredAt });
      expect(await find('never')).toEqual({ status: 'unknown' });
      expect(await keys()).toEqual([]);
      expect(await store.sweep(clock.now())).toBe(1);
      expect(await store.sweep(clock.now())).toBe(0);
      expect(await find('plan')).toEqual({ status: 'expired', expiredAt });
      expect(await store.remove(caller, 'release', 'plan')).toBe(false);
    });

    it('is unknown after a delete, and after 30 days', async () => {
      const { store, put, find, clock } = await anEmptyStore();
      await put('deleted');
      await put('expired');
      expect(await store.remove(caller, 'release', 'deleted')).toBe(true);
      expect(await find('deleted')).toEqual({ status: 'unknown' });
      clock.advanceSeconds(ENTRY_TTL_SECONDS + 31 * 86_400);
      await store.sweep(clock.now());
      expect(await find('expired')).toEqual({ status: 'unknown' });
    });

    it('comes to the oldest when the context is full; putting again makes an entry young', async () => {
      const { put, find, keys } = await anEmptyStore();
      const full = (key: string) => put(key, {}, ANY, caller, 3);
      for (const key of ['a', 'b', 'c', 'a']) await full(key);
      expect((await full('d')).evicted).toEqual(['b']);
      expect(await keys()).toEqual(['d', 'a', 'c']);
      expect(await find('b')).toEqual({ status: 'unknown' });
    });

    it('comes to several at once when the limit was lowered, and an expired entry takes no room', async () => {
      const { put, clock } = await anEmptyStore();
      await put('old');
      clock.advanceSeconds(ENTRY_TTL_SECONDS + 1);
      for (const key of ['a', 'b', 'c']) expect((await put(key, {}, ANY, caller, 3)).evicted).toEqual([]);
      expect((await put('d', {}, ANY, caller, 1)).evicted).toEqual(['a', 'b', 'c']);
    });

    it('comes to all when the context is cleared, and to no other context', async () => {
      const { store, put, entry, keys, clock } = await anEmptyStore();
      await put('a');
      await put('b');
      await store.put(caller, entry('a', { context: 'other' }), ANY, 100);
      expect(await store.clear(caller, 'release')).toBe(2);
      expect(await store.clear(caller, 'release')).toBe(0);
      expect(await keys()).toEqual([]);
      expect((await store.find(caller, 'other', 'a', clock.now())).status).toBe('found');
    });
  });

  describe('a list', () => {
    it('is newest first, without contents, and its cursor is stable under inserts', async () => {
      const { store, put, clock, keys } = await anEmptyStore();
      for (const key of ['a', 'b', 'c', 'd', 'e']) await put(key);
      const first = await store.list(caller, 'release', { limit: 2 }, clock.now());
      expect(first.data.map(({ key }) => key)).toEqual(['e', 'd']);
      expect(first.data[0]).not.toHaveProperty('original');
      expect(first.data[0]).not.toHaveProperty('compressed');
      await put('f');
      expect(await keys(caller, 2, first.nextCursor!)).toEqual(['c', 'b']);
      const exact = await store.list(caller, 'release', { limit: 6 }, clock.now());
      expect(exact.nextCursor).toBeNull();
    });

    it.each(['%%', '', 'WyJ4Il0', 'WzEsMl0', 'WzEuNV0'])(
      'refuses a cursor that is none: %s',
      async (cursor) => {
        const { store, clock } = await anEmptyStore();
        const broken = store.list(caller, 'release', { limit: 2, cursor }, clock.now());
        await expect(broken).rejects.toMatchObject({ code: 'validation_error' });
      },
    );

    it('adds up to totals', async () => {
      const { store, put, clock } = await anEmptyStore();
      await put('short', { expiresAt: new Date(clock.now().getTime() + 1_000) });
      await put('a');
      await put('b');
      clock.advanceSeconds(2);
      const totals = { entries: 2, totalOriginalTokens: 200, totalCompressedTokens: 80 };
      expect(await store.totals(caller, 'release', clock.now())).toEqual(totals);
      const none = { entries: 0, totalOriginalTokens: 0, totalCompressedTokens: 0 };
      expect(await store.totals(caller, 'empty', clock.now())).toEqual(none);
    });
  });

  describe('isolation', () => {
    it('keeps tenants apart under the same names', async () => {
      const { store, put, find, keys, clock } = await anEmptyStore();
      const other = aCaller({ tenantId: 'tenant-b' });
      await put('plan');
      expect(await find('plan', other)).toEqual({ status: 'unknown' });
      expect(await keys(other)).toEqual([]);
      expect((await put('plan', { original: 'theirs' }, ABSENT, other)).entry.version).toBe(1);
      expect(await store.clear(other, 'release')).toBe(1);
      expect((await store.totals(caller, 'release', clock.now())).entries).toBe(1);
    });

    it('keeps a key bound to users from the entries of others', async () => {
      const { store, put, find, keys, clock } = await anEmptyStore();
      const bob = aCallerFor(['bob']);
      await put('of ann', { userId: 'ann' });
      await put('of nobody');
      await put('of bob', { userId: 'bob' }, ANY, bob);
      expect(await find('of ann', bob)).toEqual({ status: 'unknown' });
      expect(await keys(bob)).toEqual(['of bob', 'of nobody']);
      expect((await store.totals(bob, 'release', clock.now())).entries).toBe(2);
      await expect(put('of ann', { userId: 'bob' }, ANY, bob)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(put('x', { userId: 'ann' }, ANY, bob)).rejects.toMatchObject({ code: 'forbidden' });
      expect(await store.remove(bob, 'release', 'of ann')).toBe(false);
      expect(await store.clear(bob, 'release')).toBe(2);
      expect(await find('of ann')).toMatchObject({ entry: { original: 'original of of ann' } });
    });

    it('spares the entries of others from eviction', async () => {
      const { put, find, keys } = await anEmptyStore();
      const bob = aCallerFor(['bob']);
      await put('of ann', { userId: 'ann' });
      for (const key of ['a', 'b', 'c']) await put(key, { userId: 'bob' }, ANY, bob, 2);
      expect((await find('of ann')).status).toBe('found');
      expect(await keys(bob)).toEqual(['c', 'b']);
    });
  });

  describe('the configuration of a context', () => {
    it('is null until it is set, and is its tenant’s own', async () => {
      const { store } = await anEmptyStore();
      expect(await store.config(caller, 'release')).toBeNull();
      await store.saveConfig(caller, 'release', { ttlSeconds: 60, maxEntries: 5 });
      expect(await store.config(caller, 'release')).toEqual({ ttlSeconds: 60, maxEntries: 5 });
      const config = { model: 'gpt-4o', ttlSeconds: 90, maxEntries: 7 };
      await store.saveConfig(caller, 'release', config);
      expect(await store.config(caller, 'release')).toEqual(config);
      expect(await store.config(aCaller({ tenantId: 'tenant-b' }), 'release')).toBeNull();
    });
  });
}
