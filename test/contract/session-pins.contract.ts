import { describe, expect, it } from 'vitest';
import type { SessionPins, SessionRetention } from '#libs/compression';
import type { Clock } from '#libs/kernel';
import { aCaller, aCallerFor } from '../support/callers.js';
import { FakeClock } from '../support/fake-clock.js';
import { AWKWARD_TEXTS } from './awkward-texts.js';

const TTL = 3_600;

/** What every SessionPins does, on every adapter. `open` gives an empty store. */
export function sessionPinsContract(
  open: (clock: Clock, retention: SessionRetention) => Promise<SessionPins>,
): void {
  const anEmptyStore = async () => {
    const clock = new FakeClock();
    return { clock, store: await open(clock, { ttlSeconds: TTL }) };
  };
  const caller = aCaller();
  const session = { sessionId: 's-1', userId: 'ann' };

  describe('what a session was given', () => {
    it('comes back: texts, and that a text was given as it was', async () => {
      const { store } = await anEmptyStore();
      expect(await store.find(caller, session)).toEqual({});
      await store.add(caller, session, { a: 'short', b: null });
      await store.add(caller, session, { c: '' });
      expect(await store.find(caller, session)).toEqual({ a: 'short', b: null, c: '' });
    });

    it.each(AWKWARD_TEXTS)('comes back exactly when it holds %s', async (_name, content) => {
      const { store } = await anEmptyStore();
      await store.add(caller, session, { a: content });
      expect(await store.find(caller, session)).toEqual({ a: content });
    });

    it('keeps the first decision', async () => {
      const { store } = await anEmptyStore();
      await store.add(caller, session, { a: null, b: 'first' });
      await store.add(caller, session, { a: 'second', b: null });
      expect(await store.find(caller, session)).toEqual({ a: null, b: 'first' });
    });

    it('may be much at once', async () => {
      const { store } = await anEmptyStore();
      const pins = Object.fromEntries(
        Array.from({ length: 900 }, (_, i) => [`pin ${String(i)}`, `text ${String(i)}`]),
      );
      await store.add(caller, session, pins);
      expect(await store.find(caller, session)).toEqual(pins);
    });

    it('is told apart by session, user and tenant', async () => {
      const { store } = await anEmptyStore();
      await store.add(caller, session, { a: 'x' });
      expect(await store.find(caller, { ...session, sessionId: 's-2' })).toEqual({});
      expect(await store.find(caller, { ...session, userId: 'bob' })).toEqual({});
      expect(await store.find(caller, { sessionId: 's-1' })).toEqual({});
      expect(await store.find(aCaller({ tenantId: 'other' }), session)).toEqual({});
    });

    it("is another user's business", async () => {
      const { store } = await anEmptyStore();
      const bob = aCallerFor(['bob']);
      await expect(store.find(bob, session)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(store.add(bob, session, { a: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    });
  });

  describe('a session that is over', () => {
    it('is forgotten some time after its last request', async () => {
      const { store, clock } = await anEmptyStore();
      await store.add(caller, session, { a: 'x' });
      clock.advanceSeconds(TTL - 1);
      expect(await store.find(caller, session)).toEqual({ a: 'x' });
      clock.advanceSeconds(TTL - 1);
      expect(await store.find(caller, session)).toEqual({ a: 'x' });
      clock.advanceSeconds(TTL);
      expect(await store.find(caller, session)).toEqual({});
      await store.add(caller, session, { a: 'new' });
      expect(await store.find(caller, session)).toEqual({ a: 'new' });
    });

    it('is cleared away', async () => {
      const { store, clock } = await anEmptyStore();
      await store.add(caller, session, { a: 'x', b: null });
      expect(await store.sweep()).toBe(0);
      clock.advanceSeconds(TTL);
      await store.add(caller, { sessionId: 's-2' }, { c: 'y' });
      expect(await store.sweep()).toBe(2);
      expect(await store.find(caller, { sessionId: 's-2' })).toEqual({ c: 'y' });
    });
  });
}
