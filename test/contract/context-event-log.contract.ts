import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Caller, Clock } from '#libs/kernel';
import {
  type ContextEvent,
  type ContextEventLog,
  EVENTS_KEPT_SECONDS,
  IDLE_LOG_SECONDS,
  type PutCondition,
  type SharedContextStore,
  type SharedEntry,
} from '#libs/shared-context';
import { aCaller, aCallerFor } from '../support/callers.js';
import { FakeClock } from '../support/fake-clock.js';
import { anEntry } from '../support/shared-entries.js';
import { AWKWARD_TEXTS } from './awkward-texts.js';

const ANY: PutCondition = { kind: 'any' };

/** A store and the log that it tells of changes in. */
export interface ToldStore {
  readonly store: SharedContextStore;
  readonly log: ContextEventLog;
}

/** What every ContextEventLog is told by its store, and tells on. `open` gives empty ones. */
export function contextEventLogContract(open: (clock: Clock) => Promise<ToldStore>): void {
  const caller = aCaller();
  const anEmptyLog = async () => {
    const clock = new FakeClock();
    const { store, log } = await open(clock);
    const put = (key: string, overrides: Partial<SharedEntry> = {}, by = caller, max = 100) =>
      store.put(by, anEntry(clock, key, overrides), ANY, max);
    const readAll = (by: Caller = caller, after = 0) => log.read(by, 'release', after, 1_000);
    const told = async (by: Caller = caller, after = 0) => (await readAll(by, after)).events.map(saying);
    return { clock, store, log, put, readAll, told };
  };

  describe('is told', () => {
    it('of a put, by whom and when, at a growing position', async () => {
      const { put, readAll, clock } = await anEmptyLog();
      await put('plan', { agent: 'planner', userId: 'ann' });
      clock.advanceSeconds(1);
      await put('plan', { agent: undefined });
      const { events, next, missed } = await readAll();
      expect(missed).toBe(false);
      const [first, second] = events;
      expect(first).toMatchObject({
        type: 'entry.put',
        key: 'plan',
        version: 1,
        agent: 'planner',
        userId: 'ann',
      });
      expect(second).toMatchObject({ type: 'entry.put', key: 'plan', version: 2, at: clock.now() });
      expect(second?.agent).toBeUndefined();
      expect(second!.position).toBeGreaterThan(first!.position);
      expect(next).toBe(second!.position);
    });

    it('of a put, and then of what had to make room for it, the oldest first', async () => {
      const { put, told } = await anEmptyLog();
      for (const key of ['a', 'b', 'c']) await put(key);
      await put('d', {}, caller, 2);
      expect((await told()).slice(3)).toEqual(['entry.put d 1', 'entry.evicted a 1', 'entry.evicted b 1']);
    });

    it('of a delete, and of every entry that a clearing takes', async () => {
      const { store, put, told } = await anEmptyLog();
      for (const key of ['a', 'b', 'c']) await put(key);
      await store.remove(caller, 'release', 'b');
      await store.clear(caller, 'release');
      expect((await told()).slice(3)).toEqual([
        'entry.deleted b 1',
        'entry.deleted a 1',
        'entry.deleted c 1',
      ]);
    });

    it('of an expiry once: when it is looked for in the context, when all is swept, or by the next put', async () => {
      const { store, put, told, clock } = await anEmptyLog();
      const briefly = { expiresAt: new Date(clock.now().getTime() + 1_000) };
      for (const key of ['looked for', 'long lived']) await put(key, key === 'long lived' ? {} : briefly);
      expect(await store.expire(caller, 'release', clock.now())).toBe(0);
      clock.advanceSeconds(1);
      expect(await store.expire(caller, 'another', clock.now())).toBe(0);
      expect(await store.expire(caller, 'release', clock.now())).toBe(1);
      await put('swept', { expiresAt: new Date(clock.now().getTime() + 1_000) });
      clock.advanceSeconds(1);
      expect(await store.sweep(clock.now())).toBe(1);
      await put('put anew', { expiresAt: new Date(clock.now().getTime() + 1_000) });
      clock.advanceSeconds(1);
      await put('put anew');
      expect(await store.sweep(clock.now())).toBe(0);
      expect((await told()).slice(2)).toEqual([
        'entry.expired looked for 1',
        'entry.put swept 1',
        'entry.expired swept 1',
        'entry.put put anew 1',
        'entry.expired put anew 1',
        'entry.put put anew 2',
      ]);
    });

    it('of expiries in the order in which they came', async () => {
      const { store, put, told, clock } = await anEmptyLog();
      for (const [i, key] of ['c', 'a', 'b'].entries())
        await put(key, { expiresAt: new Date(clock.now().getTime() + 5_000 - i) });
      clock.advanceSeconds(5);
      await store.sweep(clock.now());
      expect((await told()).slice(3)).toEqual([
        'entry.expired b 1',
        'entry.expired a 1',
        'entry.expired c 1',
      ]);
    });

    it('of nothing that did not happen', async () => {
      const { store, put, told } = await anEmptyLog();
      await put('plan');
      const stale = { kind: 'version', version: 7 } as const;
      const put7 = store.put(caller, anEntry(new FakeClock(), 'plan'), stale, 100);
      await expect(put7).rejects.toMatchObject({ code: 'precondition_failed' });
      const remove7 = store.remove(caller, 'release', 'plan', 7);
      await expect(remove7).rejects.toMatchObject({ code: 'precondition_failed' });
      expect(await store.remove(caller, 'release', 'nothing')).toBe(false);
      expect(await store.clear(caller, 'another')).toBe(0);
      expect(await told()).toEqual(['entry.put plan 1']);
      expect((await store.find(caller, 'release', 'plan', new Date(0))).status).toBe('found');
    });

    it.each(AWKWARD_TEXTS)('of an agent exactly when its name holds %s', async (_name, agent) => {
      const { put, readAll } = await anEmptyLog();
      await put('plan', { agent });
      expect((await readAll()).events[0]?.agent).toBe(agent);
    });

    it('of concurrent puts once each, in the order of their versions', async () => {
      const { put, told } = await anEmptyLog();
      await Promise.all(Array.from({ length: 12 }, () => put('plan')));
      expect(await told()).toEqual(Array.from({ length: 12 }, (_, i) => `entry.put plan ${i + 1}`));
    });
  });

  describe('is read', () => {
    it('from any position on and in parts, without a gap and nothing twice', async () => {
      const { log, put } = await anEmptyLog();
      const keys = Array.from({ length: 10 }, (_, i) => `key ${i}`);
      for (const key of keys) await put(key);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 10, maxLength: 10 }),
          async (sizes) => {
            const seen: (string | undefined)[] = [];
            let after = 0;
            for (const size of sizes) {
              const { events, next } = await log.read(caller, 'release', after, size);
              seen.push(...events.map(({ key }) => key));
              after = next;
            }
            expect(seen).toEqual(keys);
          },
        ),
        { numRuns: 10 },
      );
    });

    it('from now on', async () => {
      const { log, put, told } = await anEmptyLog();
      const beforeAll = await log.newest(caller, 'release');
      await put('a');
      const now = await log.newest(caller, 'release');
      expect(await told(caller, now)).toEqual([]);
      await put('b');
      expect(await told(caller, now)).toEqual(['entry.put b 1']);
      expect(await told(caller, beforeAll)).toEqual(['entry.put a 1', 'entry.put b 1']);
    });

    it('of each context and tenant apart', async () => {
      const { put, told } = await anEmptyLog();
      const other = aCaller({ tenantId: 'tenant-b' });
      await put('theirs', {}, other);
      await put('of another context', { context: 'another' });
      await put('mine');
      expect(await told()).toEqual(['entry.put mine 1']);
      expect(await told(other)).toEqual(['entry.put theirs 1']);
    });

    it('by a key bound to users without what happened to the entries of others', async () => {
      const { store, put, told, log } = await anEmptyLog();
      const bob = aCallerFor(['bob']);
      await put('of ann', { userId: 'ann' });
      await put('of nobody');
      await put('of bob', { userId: 'bob' }, bob);
      await store.remove(caller, 'release', 'of ann');
      expect(await told(bob)).toEqual(['entry.put of nobody 1', 'entry.put of bob 1']);
      const { events, next } = await log.read(bob, 'release', 0, 1);
      expect(events).toEqual([]);
      expect((await log.read(bob, 'release', next, 1)).events.map(saying)).toEqual(['entry.put of nobody 1']);
    });
  });

  describe('keeps events for a day', () => {
    it('and says to whom it cannot give all of them', async () => {
      const { log, put, readAll, told, clock } = await anEmptyLog();
      await put('old', { expiresAt: new Date(8e15) });
      const [old] = (await readAll()).events;
      clock.advanceSeconds(EVENTS_KEPT_SECONDS - 1);
      await put('young', { expiresAt: new Date(8e15) });
      expect(await log.sweep(clock.now())).toBe(0);
      clock.advanceSeconds(2);
      expect(await log.sweep(clock.now())).toBe(1);
      expect(await told()).toEqual(['entry.put young 1']);
      expect((await readAll()).missed).toBe(true);
      expect((await readAll(caller, old!.position - 1)).missed).toBe(true);
      expect((await readAll(caller, old!.position)).missed).toBe(false);
    });

    it('and after a month of silence nothing at all; what comes then is beyond all that was', async () => {
      const { log, put, readAll, clock } = await anEmptyLog();
      await put('old');
      const old = await log.newest(caller, 'release');
      clock.advanceSeconds(IDLE_LOG_SECONDS + 1);
      await log.sweep(clock.now());
      expect(await log.newest(caller, 'release')).toBe(0);
      expect(await readAll(caller, old)).toEqual({ events: [], next: 0, missed: true });
      await put('new');
      expect(await log.newest(caller, 'release')).toBeGreaterThan(old);
      expect((await readAll(caller, old)).missed).toBe(true);
      expect((await readAll()).missed).toBe(false);
    });

    it('and knows a position that it never gave', async () => {
      const { log, put, readAll } = await anEmptyLog();
      await put('plan');
      const newest = await log.newest(caller, 'release');
      expect(await readAll(caller, newest + 1)).toEqual({ events: [], next: newest, missed: true });
    });
  });
}

function saying({ type, key = '', version = 0 }: ContextEvent): string {
  return `${type} ${key} ${version}`;
}
