import { describe, expect, it } from 'vitest';
import type { HiddenCallRetention, HiddenCalls, HiddenCallStore } from '#libs/chat';
import type { Clock } from '#libs/kernel';
import { aCaller, aCallerFor } from '../support/callers.js';
import { FakeClock } from '../support/fake-clock.js';
import { AWKWARD_TEXTS } from './awkward-texts.js';

const TTL = 3_600;

const calls = (result = 'saved'): HiddenCalls => ({
  earlier: [[{ after: 0, call: 'a search', result: 'found' }]],
  beside: [{ after: 1, call: 'a save', result }],
});

/** What every HiddenCallStore does, on every adapter. `open` gives an empty store. */
export function hiddenCallStoreContract(
  open: (clock: Clock, retention: HiddenCallRetention) => Promise<HiddenCallStore>,
): void {
  const anEmptyStore = async () => {
    const clock = new FakeClock();
    return { clock, store: await open(clock, { ttlSeconds: TTL }) };
  };
  const caller = aCaller();

  describe('hidden calls', () => {
    it('come back by the address of their answer, and others do not', async () => {
      const { store } = await anEmptyStore();
      await store.keep(caller, 'one', calls('1'), 'ann');
      await store.keep(caller, 'two', calls('2'), 'ann');
      await store.keep(caller, 'three', calls('3'), 'ann');
      expect(await store.find(caller, ['two', 'none', 'one'], 'ann')).toEqual(
        new Map([
          ['one', calls('1')],
          ['two', calls('2')],
        ]),
      );
      expect(await store.find(caller, [], 'ann')).toEqual(new Map());
    });

    it.each(AWKWARD_TEXTS)('come back exactly when they hold %s', async (_name, content) => {
      const { store } = await anEmptyStore();
      await store.keep(caller, content, calls(content), 'ann');
      expect(await store.find(caller, [content], 'ann')).toEqual(new Map([[content, calls(content)]]));
    });

    it('are those that were kept last', async () => {
      const { store } = await anEmptyStore();
      await store.keep(caller, 'one', calls('first'));
      await store.keep(caller, 'one', calls('second'));
      expect(await store.find(caller, ['one'])).toEqual(new Map([['one', calls('second')]]));
    });

    it('may be asked for by very many addresses at once', async () => {
      const { store } = await anEmptyStore();
      await store.keep(caller, 'address 1999', calls());
      const addresses = Array.from({ length: 2_000 }, (_, i) => `address ${String(i)}`);
      expect([...(await store.find(caller, addresses)).keys()]).toEqual(['address 1999']);
    });

    it('are told apart by user and tenant', async () => {
      const { store } = await anEmptyStore();
      await store.keep(caller, 'one', calls(), 'ann');
      expect(await store.find(caller, ['one'], 'bob')).toEqual(new Map());
      expect(await store.find(caller, ['one'])).toEqual(new Map());
      expect(await store.find(aCaller({ tenantId: 'other' }), ['one'], 'ann')).toEqual(new Map());
    });

    it("are another user's business", async () => {
      const { store } = await anEmptyStore();
      const bob = aCallerFor(['bob']);
      await expect(store.find(bob, ['one'], 'ann')).rejects.toMatchObject({ code: 'forbidden' });
      await expect(store.keep(bob, 'one', calls(), 'ann')).rejects.toMatchObject({ code: 'forbidden' });
    });
  });

  describe('hidden calls of a conversation that is over', () => {
    it('are forgotten some time after its last request', async () => {
      const { store, clock } = await anEmptyStore();
      await store.keep(caller, 'one', calls());
      for (const _ of [1, 2]) {
        clock.advanceSeconds(TTL - 1);
        expect((await store.find(caller, ['one'])).size).toBe(1);
      }
      clock.advanceSeconds(TTL);
      expect((await store.find(caller, ['one'])).size).toBe(0);
    });

    it('are cleared away', async () => {
      const { store, clock } = await anEmptyStore();
      await store.keep(caller, 'one', calls());
      expect(await store.sweep()).toBe(0);
      clock.advanceSeconds(TTL);
      await store.keep(caller, 'two', calls());
      expect(await store.sweep()).toBe(1);
      expect((await store.find(caller, ['one', 'two'])).size).toBe(1);
    });
  });
}
