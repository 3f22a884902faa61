import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller, Scope } from '#libs/kernel';
import type {
  ArmHits,
  Memory,
  MemoryFilter,
  MemoryListQuery,
  MemoryStore,
  MemoryView,
  NewMemory,
} from '#libs/memory';
import { aCaller } from '../support/callers.js';
import { newTenant } from '../support/databases.js';
import { FakeClock } from '../support/fake-clock.js';
import { aMemory, aView } from '../support/memories.js';
import { AWKWARD_TEXTS } from './awkward-texts.js';

const LATER = new Date('2027-01-01T00:00:00.000Z');

/** What every store of memories does. Each test works as a tenant of its own. */
export function memoryStoreContract(open: (clock: FakeClock) => Promise<MemoryStore>): void {
  let clock: FakeClock;
  let store: MemoryStore;
  let caller: Caller;

  beforeEach(async () => {
    clock = new FakeClock();
    store = await open(clock);
    caller = aCaller({ tenantId: newTenant() });
  });

  const boundTo = (...users: string[]): Caller => ({ ...caller, users });
  const add = async (overrides: Partial<Memory> = {}, extra: Partial<NewMemory> = {}): Promise<Memory> => {
    const outcome = await store.insert(caller, { ...aMemory(clock, overrides), ...extra }, 'supersede');
    return outcome.memory;
  };
  const list = async (overrides: Partial<MemoryListQuery> = {}, view: Partial<MemoryView> = {}) =>
    store.list(caller, {
      limit: 50,
      orderBy: 'created_at',
      order: 'desc',
      view: aView(clock, view),
      ...overrides,
    });
  const idsSeen = async (view: Partial<MemoryView> = {}) => (await list({}, view)).data.map(({ id }) => id);
  const idsOf = (hits: ArmHits) => hits.hits.map(({ memory }) => memory.id);
  const supersede = (id: string, overrides: Partial<Memory> = {}, version?: number) =>
    store.supersede(caller, id, aMemory(clock, overrides), version);

  describe('storing', () => {
    it('gives a memory back as it was stored', async () => {
      const given = aMemory(clock, {
        scope: { userId: 'anna', sessionId: 's', agentId: 'a', turnId: 't' },
        category: 'decision',
        importance: 0.25,
        subject: 'employer',
        entities: ['ACME', 'NUL\u0000'],
        metadata: { nested: { list: [1, 'two', null, true] }, 'a "key"': 1.5 },
        source: { conversationId: 'conv_1', messageIndex: 3, agent: 'planner' },
        expiresAt: LATER,
        reason: 'moved',
        promotedFrom: 'mem_x',
      });
      const outcome = await store.insert(caller, given, 'supersede');
      expect(outcome).toMatchObject({ status: 'created' });
      expect(await store.find(caller, given.memory.id)).toEqual(given.memory);
    });

    it.each(AWKWARD_TEXTS)('keeps %s exactly', async (_name, content) => {
      const { id } = await add({ content });
      expect((await store.find(caller, id))?.content).toBe(content);
    });

    it('takes the same content in the same scope as one memory and notes the sighting', async () => {
      const first = await add({ content: 'likes tea' });
      clock.advanceSeconds(5);
      const source = { agent: 'b' };
      const again = await store.insert(caller, aMemory(clock, { content: 'likes tea', source }), 'supersede');
      expect(again).toMatchObject({ status: 'duplicate', memory: { id: first.id, version: 2 } });
      expect(again.memory.alsoSeen).toEqual([{ at: clock.now(), source }]);
      expect(await idsSeen()).toEqual([first.id]);
    });

    it('takes the same content in another scope, or after it was superseded, as a new memory', async () => {
      const first = await add({ content: 'likes tea' });
      const inSession = await add({ content: 'likes tea', scope: { userId: 'anna', sessionId: 's' } });
      expect(inSession.id).not.toBe(first.id);
      await supersede(first.id, { content: 'likes coffee' });
      const again = await store.insert(caller, aMemory(clock, { content: 'likes tea' }), 'supersede');
      expect(again.status).toBe('created');
    });

    it('stores what is sound of a batch and names what is not', async () => {
      await add({ subject: 'employer', content: 'works at ACME' });
      const outcomes = await store.insertMany(caller, [
        { memory: aMemory(clock, { content: 'one' }), onSubject: 'supersede' },
        {
          memory: aMemory(clock, { content: 'works at Initech', subject: 'employer' }),
          onSubject: 'conflict',
        },
        { memory: aMemory(clock, { content: 'one' }), onSubject: 'supersede' },
      ]);
      expect(outcomes).toMatchObject([{ status: 'created' }, { code: 'conflict' }, { status: 'duplicate' }]);
    });
  });

  describe('subjects', () => {
    it('lets a new memory on a subject supersede the current one of the same scope', async () => {
      const old = await add({ subject: 'employer' });
      clock.advanceSeconds(1);
      const outcome = await store.insert(caller, aMemory(clock, { subject: 'employer' }), 'supersede');
      expect(outcome).toMatchObject({ memory: { supersedes: old.id }, superseded: { id: old.id } });
      expect(await idsSeen()).toEqual([outcome.memory.id]);
    });

    it('leaves the subject of another scope alone', async () => {
      const old = await add({ subject: 'employer' });
      const narrow = await add({ subject: 'employer', scope: { userId: 'anna', agentId: 'a' } });
      expect(narrow.supersedes).toBeUndefined();
      expect((await store.find(caller, old.id))?.supersededBy).toBeUndefined();
    });

    it('lets both stand, or refuses and names the current one, when asked to', async () => {
      const old = await add({ subject: 'employer' });
      const other = await store.insert(caller, aMemory(clock, { subject: 'employer' }), 'coexist');
      expect(other.memory.supersedes).toBeUndefined();
      await expect(
        store.insert(caller, aMemory(clock, { subject: 'employer' }), 'conflict'),
      ).rejects.toMatchObject({
        code: 'conflict',
        details: { current_id: expect.stringMatching(new RegExp(`${old.id}|${other.memory.id}`)) as string },
      });
    });
  });

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
      const { data } = await list({}, { scope: scopes[name]!, mode });
      return data.map(({ content }) => content).sort();
    };
    beforeEach(async () => {
      for (const [content, scope] of Object.entries(scopes)) await add({ content, scope });
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
        expect(await idsSeen({ scope: { userId }, mode: 'subtree' })).toEqual([]);
      },
    );

    it('lists a promoted memory once', async () => {
      const narrow = await add({ content: 'p', scope: scopes.agent! });
      const broad = await add({ content: 'p', promotedFrom: narrow.id });
      const seen = await idsSeen({ scope: scopes.agent!, mode: 'resolve' });
      expect(seen).toContain(broad.id);
      expect(seen).not.toContain(narrow.id);
    });
  });

  describe('isolation', () => {
    it('shows nothing to another tenant', async () => {
      const { id } = await add({ content: 'secret' });
      const other = aCaller({ tenantId: newTenant() });
      expect(await store.find(other, id)).toBeNull();
      expect(await store.chain(other, id)).toEqual([]);
      expect(await store.remove(other, id, clock.now())).toBe(false);
      await expect(store.patch(other, id, { importance: 1 }, clock.now())).rejects.toMatchObject({
        code: 'not_found',
      });
      expect(idsOf(await store.keywordHits(other, aView(clock), ['secret'], 10))).toEqual([]);
    });

    it('keeps the same user id of two tenants apart', async () => {
      const mine = await add({ content: 'likes tea' });
      const other = aCaller({ tenantId: newTenant() });
      const theirs = await store.insert(other, aMemory(clock, { content: 'likes tea' }), 'supersede');
      expect(theirs.status).toBe('created');
      expect(await store.removeScope(other, { userId: 'anna' })).toBe(1);
      expect(await idsSeen()).toEqual([mine.id]);
    });

    it('hides other users from a caller bound to some', async () => {
      const { id } = await add({ scope: { userId: 'bert' } });
      expect(await store.find(boundTo('anna'), id)).toBeNull();
      expect(await store.chain(boundTo('anna'), id)).toEqual([]);
      expect(await store.remove(boundTo('anna'), id, clock.now())).toBe(false);
      expect(await store.find(boundTo('anna', 'bert'), id)).toMatchObject({ id });
    });
  });

  describe('chains', () => {
    it('ends the old memory where the new one begins and links both', async () => {
      const old = await add({ content: 'lives in Rome' });
      clock.advanceSeconds(60);
      const { memory, superseded } = await supersede(old.id, { content: 'lives in Oslo', reason: 'moved' });
      expect(memory).toMatchObject({ supersedes: old.id, reason: 'moved' });
      expect(superseded).toMatchObject({
        id: old.id,
        supersededBy: memory.id,
        validUntil: clock.now(),
        version: 2,
      });
      expect(await idsSeen()).toEqual([memory.id]);
      expect(await idsSeen({ includeSuperseded: true })).toEqual([memory.id, old.id]);
    });

    it('never forks: the second attempt learns the current id', async () => {
      const old = await add();
      const { memory } = await supersede(old.id);
      const { memory: newest } = await supersede(memory.id);
      await expect(supersede(old.id)).rejects.toMatchObject({
        code: 'conflict',
        details: { current_id: newest.id },
      });
    });

    it('lets one of two concurrent attempts win', async () => {
      const old = await add();
      const attempts = await Promise.allSettled([supersede(old.id), supersede(old.id), supersede(old.id)]);
      expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = attempts.filter((attempt) => attempt.status === 'rejected');
      expect(refused.map(({ reason }) => reason as unknown)).toMatchObject([
        { code: 'conflict' },
        { code: 'conflict' },
      ]);
      expect(await store.chain(caller, old.id)).toHaveLength(2);
    });

    it('takes a backdated successor, but none from before the old one', async () => {
      clock.advanceSeconds(1000);
      const old = await add();
      const begin = old.validFrom;
      clock.advanceSeconds(1000);
      const before = new Date(begin.getTime() - 1);
      await expect(supersede(old.id, { validFrom: before })).rejects.toMatchObject({
        code: 'validation_error',
      });
      const middle = new Date(begin.getTime() + 500);
      const { superseded } = await supersede(old.id, { validFrom: middle });
      expect(superseded.validUntil).toEqual(middle);
    });

    it('returns the whole chain from any member, oldest first', async () => {
      const first = await add();
      clock.advanceSeconds(1);
      const { memory: second } = await supersede(first.id);
      clock.advanceSeconds(1);
      const { memory: third } = await supersede(second.id);
      for (const id of [first.id, second.id, third.id]) {
        expect((await store.chain(caller, id)).map((memory) => memory.id)).toEqual([
          first.id,
          second.id,
          third.id,
        ]);
      }
      expect(await store.chain(caller, 'mem_unknown')).toEqual([]);
    });

    it('refuses to supersede what is unknown, erased, or changed since', async () => {
      await expect(supersede('mem_unknown')).rejects.toMatchObject({ code: 'not_found' });
      const erased = await add();
      await store.remove(caller, erased.id, clock.now());
      await expect(supersede(erased.id)).rejects.toMatchObject({ code: 'not_found' });
      const { id } = await add();
      await expect(supersede(id, {}, 7)).rejects.toMatchObject({ code: 'precondition_failed' });
      await expect(supersede(id, {}, 1)).resolves.toBeDefined();
    });
  });

  describe('time', () => {
    it('answers what was valid at an instant, up to but not at the end', async () => {
      const begin = clock.now();
      const old = await add();
      clock.advanceSeconds(100);
      const end = clock.now();
      const { memory } = await supersede(old.id);
      expect(await idsSeen({ asOf: begin })).toEqual([old.id]);
      expect(await idsSeen({ asOf: new Date(end.getTime() - 1) })).toEqual([old.id]);
      expect(await idsSeen({ asOf: end })).toEqual([memory.id]);
      expect(await idsSeen({ asOf: new Date(begin.getTime() - 1) })).toEqual([]);
    });

    it('answers what was believed at an instant: a later recorded end was not known', async () => {
      const old = await add();
      clock.advanceSeconds(100);
      const before = clock.now();
      clock.advanceSeconds(100);
      await supersede(old.id, { validFrom: new Date(old.validFrom.getTime() + 1000) });
      expect(await idsSeen({ knownAsOf: before, asOf: before })).toEqual([old.id]);
      expect(await idsSeen({ asOf: before })).not.toEqual([old.id]);
    });

    it('does not see what begins later or has expired', async () => {
      await add({ validFrom: LATER });
      const mortal = await add({ expiresAt: new Date(clock.now().getTime() + 1000) });
      expect(await idsSeen()).toEqual([mortal.id]);
      clock.advanceSeconds(1);
      expect(await idsSeen()).toEqual([]);
    });
  });

  describe('changing', () => {
    it('changes the given fields alone and counts the write', async () => {
      const { id } = await add({ importance: 0.1, metadata: { a: 1 }, expiresAt: LATER });
      clock.advanceSeconds(1);
      const patched = await store.patch(caller, id, { importance: 0.9, expiresAt: null }, clock.now(), 1);
      expect(patched).toMatchObject({
        importance: 0.9,
        metadata: { a: 1 },
        version: 2,
        updatedAt: clock.now(),
      });
      expect(patched.expiresAt).toBeUndefined();
      expect(await store.find(caller, id)).toEqual(patched);
      await expect(store.patch(caller, id, {}, clock.now(), 1)).rejects.toMatchObject({
        code: 'precondition_failed',
      });
    });

    it('counts reads', async () => {
      const { id } = await add();
      await store.recordAccess(caller, [id, 'mem_unknown'], clock.now());
      await store.recordAccess(caller, [id], clock.now());
      expect(await store.find(caller, id)).toMatchObject({
        accessCount: 2,
        lastAccessedAt: clock.now(),
        version: 1,
      });
    });
  });

  describe('erasing', () => {
    it('leaves a tombstone in the chain and nothing of the content', async () => {
      const old = await add({ content: 'lives in Rome' });
      const { memory } = await supersede(old.id, { content: 'lives in Oslo', subject: 'home' });
      expect(await store.remove(caller, memory.id, clock.now())).toBe(true);
      expect(await store.remove(caller, memory.id, clock.now())).toBe(false);
      expect(await store.find(caller, memory.id)).toBeNull();
      expect(await idsSeen()).toEqual([]);
      const [first, second] = await store.chain(caller, old.id);
      expect(first).toMatchObject({ id: old.id, content: 'lives in Rome' });
      expect(second).toMatchObject({ id: memory.id, content: '', deletedAt: clock.now() });
      expect(JSON.stringify(second)).not.toMatch(/oslo|home/i);
      expect(idsOf(await store.keywordHits(caller, aView(clock), ['oslo'], 10))).toEqual([]);
    });

    it('refuses when the memory was changed since', async () => {
      const { id } = await add();
      await expect(store.remove(caller, id, clock.now(), 2)).rejects.toMatchObject({
        code: 'precondition_failed',
      });
    });

    it('erases a subtree with its history and spares the rest', async () => {
      const kept = await add();
      const inSession = await add({ scope: { userId: 'anna', sessionId: 's' } });
      await add({ scope: { userId: 'anna', sessionId: 's', agentId: 'a' } });
      await supersede(inSession.id, { scope: { userId: 'anna', sessionId: 's' } });
      expect(await store.removeScope(caller, { userId: 'anna', sessionId: 's' })).toBe(3);
      expect(await store.chain(caller, inSession.id)).toEqual([]);
      expect(await idsSeen({ mode: 'subtree', includeSuperseded: true })).toEqual([kept.id]);
    });

    it('sweeps what has expired and turns that are a day old', async () => {
      const kept = await add();
      const mortal = await add({ expiresAt: new Date(clock.now().getTime() + 1000) });
      const ofTurn = await add({ scope: { userId: 'anna', turnId: 't' } });
      clock.advanceSeconds(2);
      expect(await store.sweep(clock.now())).toBeGreaterThanOrEqual(1);
      expect(await idsSeen({ mode: 'subtree' })).toContain(ofTurn.id);
      clock.advanceSeconds(24 * 60 * 60);
      expect(await store.sweep(clock.now())).toBeGreaterThanOrEqual(1);
      expect(await store.find(caller, mortal.id)).toBeNull();
      expect(await store.find(caller, ofTurn.id)).toBeNull();
      expect(await idsSeen({ mode: 'subtree' })).toEqual([kept.id]);
    });
  });

  describe('lists', () => {
    it('goes through pages without a gap or a repetition while memories are added', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 7; i++) {
        if (i % 3 === 0) clock.advanceSeconds(1);
        ids.unshift((await add()).id);
      }
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ limit: 2, cursor });
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
        clock.advanceSeconds(1);
        await add();
      } while (cursor !== undefined);
      expect(seen).toEqual(ids);
    });

    it.each(['importance', 'last_accessed_at', 'created_at'] as const)(
      'orders by %s, both ways',
      async (orderBy) => {
        const low = await add({ importance: 0.1 });
        clock.advanceSeconds(1);
        const high = await add({ importance: 0.9 });
        await store.recordAccess(caller, [high.id], clock.now());
        for (const limit of [1, 2]) {
          const ids = async (order: 'asc' | 'desc') => {
            const first = await list({ orderBy, order, limit });
            const next =
              first.nextCursor === null
                ? []
                : (await list({ orderBy, order, limit, cursor: first.nextCursor })).data;
            return [...first.data, ...next].map(({ id }) => id);
          };
          expect(await ids('asc')).toEqual([low.id, high.id]);
          expect(await ids('desc')).toEqual([high.id, low.id]);
        }
      },
    );

    it('narrows by level, category, subject, time and importance', async () => {
      const early = await add({ category: 'preference', importance: 0.2 });
      clock.advanceSeconds(10);
      const late = await add({ subject: 'home', importance: 0.8, scope: { userId: 'anna', sessionId: 's' } });
      const ids = async (query: Partial<MemoryListQuery>) =>
        (await list(query, { mode: 'subtree' })).data.map(({ id }) => id);
      expect(await ids({ scopeLevel: 'session' })).toEqual([late.id]);
      expect(await ids({ category: 'preference' })).toEqual([early.id]);
      expect(await ids({ subject: 'home' })).toEqual([late.id]);
      expect(await ids({ minImportance: 0.8 })).toEqual([late.id]);
      expect(await ids({ createdAfter: early.createdAt })).toEqual([late.id]);
      expect(await ids({ createdBefore: late.createdAt })).toEqual([early.id]);
    });

    it('refuses a cursor that is none', async () => {
      await add();
      await expect(list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'validation_error' });
    });
  });

  describe('filters', () => {
    beforeEach(async () => {
      await add({
        content: 'one',
        importance: 0.2,
        subject: 'home',
        entities: ['Rome', 'ACME'],
        metadata: { n: 9, s: 'abc', b: true, list: ['x', 2], 'a "b"': 'q', nothing: null },
      });
      await add({
        content: 'two',
        importance: 0.8,
        category: 'decision',
        metadata: { n: 10, s: 'abd', nul: 'a\u0000b' },
      });
      await add({ content: 'three', metadata: { n: '9' }, expiresAt: LATER });
    });
    const found = async (filter: MemoryFilter) =>
      (await list({}, { filter })).data.map(({ content }) => content).sort();
    const on = (field: string, operator: string, value: unknown) =>
      ({ field, operator, value }) as MemoryFilter;

    it.each<[MemoryFilter, string[]]>([
      [on('category', 'eq', 'decision'), ['two']],
      [on('category', 'ne', 'decision'), ['one', 'three']],
      [on('importance', 'gt', 0.2), ['three', 'two']],
      [on('importance', 'lte', 0.2), ['one']],
      [on('subject', 'eq', null), ['three', 'two']],
      [on('subject', 'exists', true), ['one']],
      [on('subject', 'ne', 'home'), ['three', 'two']],
      [on('subject', 'contains', 'om'), ['one']],
      [on('subject', 'nin', ['home', null]), []],
      [on('entities', 'contains', 'Rome'), ['one']],
      [on('entities', 'contains', 'rome'), []],
      [on('expires_at', 'exists', false), ['one', 'two']],
      [on('expires_at', 'gte', LATER.toISOString()), ['three']],
      [on('scope_level', 'in', ['user', 'turn']), ['one', 'three', 'two']],
      [on('session_id', 'eq', 's'), []],
      [on('metadata.n', 'eq', 9), ['one']],
      [on('metadata.n', 'eq', '9'), ['three']],
      [on('metadata.n', 'gt', 9), ['two']],
      [on('metadata.n', 'gte', '1'), ['three']],
      [on('metadata.n', 'in', [10, '9']), ['three', 'two']],
      [on('metadata.s', 'lt', 'abd'), ['one']],
      [on('metadata.s', 'contains', 'bd'), ['two']],
      [on('metadata.b', 'eq', true), ['one']],
      [on('metadata.b', 'ne', true), ['three', 'two']],
      [on('metadata.list', 'contains', 'x'), ['one']],
      [on('metadata.list', 'contains', 2), ['one']],
      [on('metadata.list', 'contains', '2'), []],
      [on('metadata.a "b"', 'eq', 'q'), ['one']],
      [on('metadata.nothing', 'exists', true), []],
      [on('metadata.nul', 'exists', true), ['two']],
      [on('metadata.missing', 'nin', ['a']), ['one', 'three', 'two']],
      [on('metadata.missing', 'eq', null), ['one', 'three', 'two']],
      [{ not: on('metadata.n', 'gt', 9) }, ['one', 'three']],
      [{ any: [on('importance', 'lt', 0.3), on('category', 'eq', 'decision')] }, ['one', 'two']],
      [{ all: [] }, ['one', 'three', 'two']],
      [{ any: [] }, []],
    ])('%j', async (filter, contents) => {
      expect(await found(filter)).toEqual(contents);
    });

    it('finds a needle in a search before the limit is applied', async () => {
      for (let i = 0; i < 30; i++) await add({ content: `common tea ${i}` });
      const needle = await add({ content: 'common', metadata: { needle: true } });
      const view = aView(clock, { filter: on('metadata.needle', 'eq', true) });
      expect(idsOf(await store.keywordHits(caller, view, ['common', 'tea'], 2))).toEqual([needle.id]);
    });
  });

  describe('keyword search', () => {
    it('ranks by BM25: rare terms, repeated terms and short memories first', async () => {
      const rare = await add({ content: 'quokka tea' });
      const common = await add({ content: 'tea tea' });
      const long = await add({ content: 'tea with many other words that say little' });
      await add({ content: 'nothing of it' });
      expect(idsOf(await store.keywordHits(caller, aView(clock), ['quokka', 'tea', 'zebra'], 10))).toEqual([
        rare.id,
        common.id,
        long.id,
      ]);
    });

    it('gives the best first, at most as many as wanted, and nothing for terms that nobody has', async () => {
      const best = await add({ content: 'alpha beta' });
      for (let i = 0; i < 5; i++) await add({ content: `alpha filler${i} other${i}` });
      const { hits } = await store.keywordHits(caller, aView(clock), ['alpha', 'beta'], 3);
      expect(hits).toHaveLength(3);
      expect(hits[0]?.memory.id).toBe(best.id);
      expect(hits.map(({ score }) => score)).toEqual(
        hits.map(({ score }) => score).toSorted((a, b) => b - a),
      );
      expect(await store.keywordHits(caller, aView(clock), ['none'], 3)).toMatchObject({ hits: [] });
      expect(await store.keywordHits(caller, aView(clock), [], 3)).toMatchObject({ hits: [] });
    });

    it('names what matched but is superseded or expired', async () => {
      const old = await add({ content: 'tea old' });
      const { memory } = await supersede(old.id, { content: 'tea new' });
      const mortal = await add({ content: 'tea mortal', expiresAt: new Date(clock.now().getTime() + 1000) });
      clock.advanceSeconds(5);
      const { hits, suppressed } = await store.keywordHits(caller, aView(clock), ['tea'], 10);
      expect(hits.map((hit) => hit.memory.id)).toEqual([memory.id]);
      expect(suppressed).toEqual({ superseded: [old.id], expired: [mortal.id] });
    });

    it('reaches past gated matches', async () => {
      for (let i = 0; i < 12; i++) {
        const { id } = await add({ content: `tea tea ${i}` });
        await supersede(id, { content: `other ${i}` });
      }
      const weak = await add({ content: 'tea among many words that hide it well' });
      expect(idsOf(await store.keywordHits(caller, aView(clock), ['tea'], 2))).toEqual([weak.id]);
    });

    it('finds words of any script and of any length', async () => {
      const word = 'ß'.repeat(3000);
      const { id } = await add({ content: `東京 ${word} it's "quoted" a%b` });
      for (const term of ['東京', word, "it's", '"quoted"', 'a%b']) {
        expect(idsOf(await store.keywordHits(caller, aView(clock), [term], 5))).toEqual([id]);
      }
    });
  });

  describe('semantic search', () => {
    const embedding = (...values: number[]) => ({ model: 'm', vector: Float32Array.from(values) });

    it('ranks by cosine similarity within the view', async () => {
      const near = await add({ content: 'near' }, { embedding: embedding(1, 0.1, 0) });
      const far = await add({ content: 'far' }, { embedding: embedding(0.2, 1, 0) });
      await add({ content: 'elsewhere', scope: { userId: 'bert' } }, { embedding: embedding(1, 0, 0) });
      const { hits } = await store.semanticHits(caller, aView(clock), embedding(1, 0, 0), 10);
      expect(hits.map(({ memory }) => memory.id)).toEqual([near.id, far.id]);
      expect(hits[0]?.score).toBeCloseTo(hits[0]!.score, 5);
      expect(hits[0]!.score).toBeGreaterThan(hits[1]!.score);
    });

    it('never compares vectors of different models', async () => {
      await add({}, { embedding: { model: 'other', vector: Float32Array.from([1, 0, 0]) } });
      expect(idsOf(await store.semanticHits(caller, aView(clock), embedding(1, 0, 0), 10))).toEqual([]);
    });

    it('names superseded matches that would have been among the best', async () => {
      const old = await add({ content: 'old' }, { embedding: embedding(1, 0, 0) });
      const { memory } = await store.supersede(caller, old.id, {
        ...aMemory(clock, { content: 'new' }),
        embedding: embedding(0.9, 0.1, 0),
      });
      const { hits, suppressed } = await store.semanticHits(caller, aView(clock), embedding(1, 0, 0), 10);
      expect(hits.map((hit) => hit.memory.id)).toEqual([memory.id]);
      expect(suppressed.superseded).toEqual([old.id]);
    });

    it('takes a vector that comes later, and keeps two models side by side', async () => {
      const { id } = await add();
      const missing = async (model: string) =>
        (await store.withoutEmbedding(model, 10_000)).filter(
          (item) => item.caller.tenantId === caller.tenantId,
        );
      expect(await missing('m')).toMatchObject([{ id }]);
      await store.saveEmbedding(caller, id, embedding(1, 0));
      expect(await missing('m')).toEqual([]);
      expect(await store.find(caller, id)).toMatchObject({ embeddingModel: 'm', version: 1 });
      await store.saveEmbedding(caller, id, { model: 'm2', vector: Float32Array.from([0, 1, 0]) });
      expect(idsOf(await store.semanticHits(caller, aView(clock), embedding(1, 0), 5))).toEqual([id]);
      await store.saveEmbedding(caller, 'mem_unknown', embedding(1, 0));
    });

    it('forgets the vector with the memory', async () => {
      const { id } = await add({}, { embedding: embedding(1, 0) });
      await store.remove(caller, id, clock.now());
      await store.saveEmbedding(caller, id, embedding(1, 0));
      expect(idsOf(await store.semanticHits(caller, aView(clock), embedding(1, 0), 5))).toEqual([]);
    });
  });

  describe('statistics', () => {
    it('counts the subtree by state, category and level', async () => {
      const old = await add({ category: 'preference' });
      clock.advanceSeconds(1);
      await supersede(old.id);
      await add({ scope: { userId: 'anna', sessionId: 's' } });
      await add({ scope: { userId: 'bert' } });
      expect(await store.stats(caller, { userId: 'anna' }, clock.now())).toEqual({
        total: 3,
        current: 2,
        superseded: 1,
        byCategory: { preference: 1, fact: 2 },
        byScopeLevel: { user: 2, session: 1 },
        oldest: old.createdAt,
        newest: clock.now(),
      });
      expect(await store.stats(caller, { userId: 'nobody' }, clock.now())).toMatchObject({
        total: 0,
        current: 0,
      });
    });
  });
}
