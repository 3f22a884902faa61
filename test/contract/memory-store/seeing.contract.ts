import { beforeEach, describe, expect, it } from 'vitest';
import type { Scope } from '#libs/kernel';
import type { MemoryListQuery, MemoryView } from '#libs/memory';
import { aCaller } from '../../support/callers.js';
import { newTenant } from '../../support/databases.js';
import { aMemory, aView, words } from '../../support/memories.js';
import { LATER, type MemoryRoom } from './memory-room.js';

/** Which memories a reader sees, and when. */
export function seeingMemories(room: MemoryRoom): void {
  describe('scopes', () => {
    const scopes: Record<string, Scope> = {
      user: { userId: 'anna' },
      session: { userId: 'anna', sessionId: 's' },
      agent: { userId: 'anna', sessionId: 's', agentId: 'a' },
      turn: { userId: 'anna', sessionId: 's', agentId: 'a', turnId: 't' },
      anywhere: { userId: 'anna', agentId: 'a' },
      otherSession: { userId: 'anna', sessionId: 's2' },
      otherAgent: { userId: 'anna', sessionId: 's', agentId: 'b' },
      otherUser: { userId: 'anna2' },
    };
    const seenAt = async (name: string, mode: MemoryView['mode']) => {
      const { data } = await room.list({}, { scope: scopes[name]!, mode });
      return data.map(({ content }) => content).sort();
    };
    beforeEach(async () => {
      for (const [content, scope] of Object.entries(scopes)) await room.add({ content, scope });
    });

    it('shows at a scope what carries no other id than the reader', async () => {
      expect(await seenAt('user', 'resolve')).toEqual(['user']);
      expect(await seenAt('session', 'resolve')).toEqual(['session', 'user']);
      expect(await seenAt('agent', 'resolve')).toEqual(['agent', 'anywhere', 'session', 'user']);
      expect(await seenAt('turn', 'resolve')).toEqual(['agent', 'anywhere', 'session', 'turn', 'user']);
      expect(await seenAt('anywhere', 'resolve')).toEqual(['anywhere', 'user']);
    });

    it('shows exactly one level, or everything below, when asked to', async () => {
      expect(await seenAt('session', 'exact')).toEqual(['session']);
      expect(await seenAt('session', 'subtree')).toEqual(['agent', 'otherAgent', 'session', 'turn']);
      expect(await seenAt('anywhere', 'subtree')).toEqual(['agent', 'anywhere', 'turn']);
    });

    it.each(['Anna', 'anna ', 'anna/', 'ann%', 'ann_', 'a', "anna'--", 'añna'])(
      'takes user ids as they are: %j sees nothing of anna',
      async (userId) => {
        expect(await room.idsSeen({ scope: { userId }, mode: 'subtree' })).toEqual([]);
      },
    );

    it('shows the same of a subject as of everything', async () => {
      for (const [content, scope] of Object.entries(scopes)) {
        await room.add({ content: `${content} on it`, scope, subject: 'it' });
      }
      for (const scope of Object.values(scopes)) {
        for (const mode of ['resolve', 'exact', 'subtree'] as const) {
          const onIt = await room.list({ subjects: ['other', 'it', 'more'] }, { scope, mode });
          const all = await room.list({}, { scope, mode });
          expect(onIt.data).toEqual(all.data.filter(({ subject }) => subject === 'it'));
        }
      }
    });

    it('lists a promoted memory once', async () => {
      const narrow = await room.add({ content: 'p', scope: scopes.agent! });
      const broad = await room.add({ content: 'p', promotedFrom: narrow.id });
      const seen = await room.idsSeen({ scope: scopes.agent!, mode: 'resolve' });
      expect(seen).toContain(broad.id);
      expect(seen).not.toContain(narrow.id);
    });
  });

  describe('promotion', () => {
    it('that meets the same at the broader level shows one of both', async () => {
      const known = await room.add({ content: 'p' });
      const sessions = ['one', 'two'].map((sessionId): Scope => ({ userId: 'anna', sessionId }));
      for (const scope of sessions) {
        const original = await room.add({ content: 'p', scope });
        const copy = aMemory(room.clock, { content: 'p', promotedFrom: original.id });
        const outcome = await room.store.insert(room.caller, copy, 'supersede');
        expect(outcome).toMatchObject({ status: 'duplicate', memory: { id: known.id } });
        expect(await room.store.find(room.caller, original.id)).toEqual({
          ...original,
          promotedTo: known.id,
        });
      }
      for (const scope of sessions) expect(await room.idsSeen({ scope })).toEqual([known.id]);
      await room.store.remove(room.caller, known.id, room.clock.now());
      for (const scope of sessions) expect(await room.idsSeen({ scope })).toHaveLength(1);
    });
  });

  describe('isolation', () => {
    it('shows nothing to another tenant', async () => {
      const { id } = await room.add({ content: 'secret' });
      const other = aCaller({ tenantId: newTenant() });
      expect(await room.store.find(other, id)).toBeNull();
      expect(await room.store.chain(other, id)).toEqual([]);
      expect(await room.store.remove(other, id, room.clock.now())).toBe(false);
      await expect(room.store.patch(other, id, { importance: 1 }, room.clock.now())).rejects.toMatchObject({
        code: 'not_found',
      });
      expect(
        room.idsOf(await room.store.keywordHits(other, aView(room.clock), words(['secret']), 10)),
      ).toEqual([]);
    });

    it('keeps the same user id of two tenants apart', async () => {
      const mine = await room.add({ content: 'likes tea' });
      const other = aCaller({ tenantId: newTenant() });
      const theirs = await room.store.insert(
        other,
        aMemory(room.clock, { content: 'likes tea' }),
        'supersede',
      );
      expect(theirs.status).toBe('created');
      expect(await room.store.removeScope(other, { userId: 'anna' })).toBe(1);
      expect(await room.idsSeen()).toEqual([mine.id]);
    });

    it('hides other users from a room.caller bound to some', async () => {
      const { id } = await room.add({ scope: { userId: 'bert' } });
      expect(await room.store.find(room.boundTo('anna'), id)).toBeNull();
      expect(await room.store.chain(room.boundTo('anna'), id)).toEqual([]);
      expect(await room.store.remove(room.boundTo('anna'), id, room.clock.now())).toBe(false);
      expect(await room.store.find(room.boundTo('anna', 'bert'), id)).toMatchObject({ id });
    });
  });

  describe('time', () => {
    it('answers what was valid at an instant, up to but not at the end', async () => {
      const begin = room.clock.now();
      const old = await room.add();
      room.clock.advanceSeconds(100);
      const end = room.clock.now();
      const { memory } = await room.supersede(old.id);
      expect(await room.idsSeen({ asOf: begin })).toEqual([old.id]);
      expect(await room.idsSeen({ asOf: new Date(end.getTime() - 1) })).toEqual([old.id]);
      expect(await room.idsSeen({ asOf: end })).toEqual([memory.id]);
      expect(await room.idsSeen({ asOf: new Date(begin.getTime() - 1) })).toEqual([]);
    });

    it('answers what was believed at an instant: a later recorded end was not known', async () => {
      const old = await room.add();
      room.clock.advanceSeconds(100);
      const before = room.clock.now();
      room.clock.advanceSeconds(100);
      await room.supersede(old.id, { validFrom: new Date(old.validFrom.getTime() + 1000) });
      expect(await room.idsSeen({ knownAsOf: before, asOf: before })).toEqual([old.id]);
      expect(await room.idsSeen({ asOf: before })).not.toEqual([old.id]);
    });

    it('does not see what begins later or has expired', async () => {
      await room.add({ validFrom: LATER });
      const mortal = await room.add({ expiresAt: new Date(room.clock.now().getTime() + 1000) });
      expect(await room.idsSeen()).toEqual([mortal.id]);
      room.clock.advanceSeconds(1);
      expect(await room.idsSeen()).toEqual([]);
    });
  });

  describe('lists', () => {
    it('goes through pages without a gap or a repetition while memories are added', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 7; i++) {
        if (i % 3 === 0) room.clock.advanceSeconds(1);
        ids.unshift((await room.add()).id);
      }
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await room.list({ limit: 2, cursor });
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
        room.clock.advanceSeconds(1);
        await room.add();
      } while (cursor !== undefined);
      expect(seen).toEqual(ids);
    });

    it.each(['importance', 'last_accessed_at', 'created_at'] as const)(
      'orders by %s, both ways',
      async (orderBy) => {
        const low = await room.add({ importance: 0.1 });
        room.clock.advanceSeconds(1);
        const high = await room.add({ importance: 0.9 });
        await room.store.recordAccess(room.caller, new Map([[high.id, 1]]), room.clock.now());
        for (const limit of [1, 2]) {
          const ids = async (order: 'asc' | 'desc') => {
            const first = await room.list({ orderBy, order, limit });
            const next =
              first.nextCursor === null
                ? []
                : (await room.list({ orderBy, order, limit, cursor: first.nextCursor })).data;
            return [...first.data, ...next].map(({ id }) => id);
          };
          expect(await ids('asc')).toEqual([low.id, high.id]);
          expect(await ids('desc')).toEqual([high.id, low.id]);
        }
      },
    );

    it('narrows by level, category, subject, time and importance', async () => {
      const early = await room.add({ category: 'preference', importance: 0.2 });
      room.clock.advanceSeconds(10);
      const late = await room.add({
        subject: 'home',
        importance: 0.8,
        scope: { userId: 'anna', sessionId: 's' },
      });
      const ids = async (query: Partial<MemoryListQuery>) =>
        (await room.list(query, { mode: 'subtree' })).data.map(({ id }) => id);
      expect(await ids({ scopeLevel: 'session' })).toEqual([late.id]);
      expect(await ids({ category: 'preference' })).toEqual([early.id]);
      expect(await ids({ subjects: ['home'] })).toEqual([late.id]);
      expect(await ids({ subjects: ['away', 'home'] })).toEqual([late.id]);
      expect(await ids({ subjects: ['away'] })).toEqual([]);
      expect(await ids({ minImportance: 0.8 })).toEqual([late.id]);
      expect(await ids({ createdAfter: early.createdAt })).toEqual([late.id]);
      expect(await ids({ createdBefore: late.createdAt })).toEqual([early.id]);
    });

    it('refuses a cursor that is none, or that belongs to another list', async () => {
      await room.add();
      await room.add();
      await expect(room.list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'validation_error' });
      const cursor = (await room.list({ limit: 1 })).nextCursor ?? '';
      expect((await room.list({ limit: 1, cursor, category: 'fact' })).data).toHaveLength(1);
      const others: readonly Parameters<typeof room.list>[] = [
        [{ order: 'asc' }],
        [{ orderBy: 'importance' }],
        [{}, { scope: { userId: 'bert' } }],
        [{}, { mode: 'subtree' }],
      ];
      for (const [query, view] of others) {
        await expect(room.list({ ...query, cursor }, view)).rejects.toMatchObject({
          code: 'validation_error',
        });
      }
    });

    it.each(['created_at', 'importance', 'last_accessed_at'] as const)(
      'goes through every page by %s while memories before and behind it are erased and added',
      async (orderBy) => {
        for (const order of ['asc', 'desc'] as const) {
          const scope = { userId: `walker ${order}` };
          const made: string[] = [];
          for (let i = 0; i < 9; i++) {
            const { id } = await room.add({ scope, importance: (i % 3) / 4 });
            made.push(id);
            if (i % 2 === 0) await room.store.recordAccess(room.caller, new Map([[id, 1]]), room.clock.now());
            if (i % 4 === 3) room.clock.advanceSeconds(1);
          }
          const all = (await room.list({ orderBy, order }, { scope })).data.map(({ id }) => id);
          expect(all.toSorted()).toEqual(made.toSorted());
          const seen: string[] = [];
          let cursor: string | undefined;
          do {
            const page = await room.list({ orderBy, order, limit: 2, cursor }, { scope });
            const ids = page.data.map(({ id }) => id).filter((id) => made.includes(id));
            seen.push(...ids);
            cursor = page.nextCursor ?? undefined;
            const last = ids.at(-1);
            if (last !== undefined) await room.store.remove(room.caller, last, room.clock.now());
            await room.add({ scope, importance: 0.1 });
          } while (cursor !== undefined);
          expect(seen).toEqual(all);
        }
      },
    );
  });

  describe('statistics', () => {
    it('counts the subtree by state, category and level', async () => {
      const old = await room.add({ category: 'preference' });
      room.clock.advanceSeconds(1);
      await room.supersede(old.id);
      await room.add({ scope: { userId: 'anna', sessionId: 's' } });
      await room.add({ scope: { userId: 'bert' } });
      expect(await room.store.stats(room.caller, { userId: 'anna' }, room.clock.now())).toEqual({
        total: 3,
        current: 2,
        superseded: 1,
        byCategory: { preference: 1, fact: 2 },
        byScopeLevel: { user: 2, session: 1 },
        oldest: old.createdAt,
        newest: room.clock.now(),
      });
      expect(await room.store.stats(room.caller, { userId: 'nobody' }, room.clock.now())).toMatchObject({
        total: 0,
        current: 0,
      });
    });
  });
}
