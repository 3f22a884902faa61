import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SqlMemoryStore, SqlUserErasure } from '#libs/adapters';
import type { Caller } from '#libs/kernel';
import type { ArmHits, MemoryFilter, MemoryView } from '#libs/memory';
import { aCaller } from '../../support/callers.js';
import { ExactVectorSearch } from '../../../libs/adapters/src/vector/exact/exact-vector-search.js';
import { describeOnDatabases, newTenant, postgresKind } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { aMemory, aView, saveEmbedding } from '../../support/memories.js';

const MODEL = 'm';
const QUERY = { model: MODEL, vector: Float32Array.from([1, 0]) };
/** Few directions, far enough apart that no rounding can swap them, so that many are equally near. */
const DIRECTIONS = 24;

function towards(direction: number) {
  const angle = (Math.PI * direction) / DIRECTIONS;
  return { model: MODEL, vector: Float32Array.from([Math.cos(angle) * 3, Math.sin(angle) * 3]) };
}

const contentsOf = ({ hits }: ArmHits) => hits.map(({ memory }) => memory.content);

describeOnDatabases('semantic search', (database) => {
  describe('among more memories than it looks at in one go', () => {
    const clock = new FakeClock();
    const caller = aCaller({ tenantId: newTenant() });
    const COUNT = 1_400;
    let store: SqlMemoryStore;

    /** Which of its own fate each memory meets, and where its vector points. */
    const fate = (i: number) => (i % 11 === 3 ? 'superseded' : i % 13 === 5 ? 'expired' : 'seen');
    const direction = (i: number) => (i * 7) % DIRECTIONS;
    const all = Array.from({ length: COUNT }, (_, i) => i);

    beforeAll(async () => {
      store = new SqlMemoryStore(database(), clock);
      const soon = new Date(clock.now().getTime() + 1_000);
      const added = all.map((i) => ({
        memory: {
          ...aMemory(clock, {
            id: `mem_near_${newTenant()}_${i}`,
            content: `memory ${i}`,
            metadata: { n: i },
            expiresAt: fate(i) === 'expired' ? soon : undefined,
          }),
          embedding: towards(direction(i)),
        },
        onSubject: 'coexist' as const,
      }));
      for (let start = 0; start < COUNT; start += 350) {
        await store.insertMany(caller, added.slice(start, start + 350));
      }
      for (const i of all.filter((each) => fate(each) === 'superseded')) {
        const old = added[i]?.memory.memory.id ?? '';
        await store.supersede(caller, old, aMemory(clock, { content: `after ${i}`, metadata: { n: -1 } }));
      }
      clock.advanceSeconds(5);
    });

    it('finds what comparing with everything in the view finds, however narrow the view', async () => {
      const range = fc.record({
        from: fc.integer({ min: 0, max: COUNT }),
        width: fc.integer({ min: 1, max: COUNT }),
      });
      await fc.assert(
        fc.asyncProperty(
          range,
          fc.constantFrom(1, 7, 50),
          fc.boolean(),
          async ({ from, width }, limit, narrow) => {
            const until = from + (narrow ? Math.ceil(width / 200) : width);
            const filter: MemoryFilter = {
              all: [
                { field: 'metadata.n', operator: 'gte', value: from },
                { field: 'metadata.n', operator: 'lt', value: until },
              ],
            };
            const found = await store.semanticHits(caller, aView(clock, { filter }), QUERY, limit);
            const within = all
              .filter((i) => i >= from && i < until)
              .sort((a, b) => direction(a) - direction(b) || b - a);
            const seen = within.filter((i) => fate(i) === 'seen').slice(0, limit);
            expect(contentsOf(found)).toEqual(seen.map((i) => `memory ${i}`));

            const last = seen.at(-1);
            const bar = last === undefined || seen.length < limit ? DIRECTIONS : direction(last);
            const gated = (name: string) =>
              within.filter((i) => fate(i) === name && direction(i) <= bar).slice(0, limit).length;
            const { superseded, expired } = found.suppressed;
            expect([superseded.length, expired.length]).toEqual([gated('superseded'), gated('expired')]);
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  describe('while two servers write', () => {
    const setUp = () => {
      const clock = new FakeClock();
      const caller = aCaller({ tenantId: newTenant() });
      const another =
        database().vectors.describe().kind === 'pgvector' ? database().vectors : new ExactVectorSearch();
      const stores = [
        new SqlMemoryStore(database(), clock),
        new SqlMemoryStore(database(), clock, another),
      ] as const;
      return { clock, caller, stores, find: finder(caller, () => aView(clock)) };
    };
    const finder =
      (caller: Caller, view: () => MemoryView) =>
      async (store: SqlMemoryStore): Promise<string[]> =>
        contentsOf(await store.semanticHits(caller, view(), QUERY, 1_000));

    it('finds in each what any of them wrote, embedded anew, removed or erased, at once', async () => {
      const step = fc.record({
        kind: fc.constantFrom('add', 'add', 'add', 'embed', 'remove', 'erase' as const),
        at: fc.integer({ min: 0, max: 1 }),
        pick: fc.nat(),
        towards: fc.integer({ min: 0, max: DIRECTIONS - 1 }),
        search: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
          const { clock, caller, stores, find } = setUp();
          const expected: { id: string; content: string; direction: number }[] = [];
          for (const { kind, at, pick, towards: direction, search } of steps) {
            const store = stores[at]!;
            const one = expected[pick % Math.max(expected.length, 1)];
            if (kind === 'add' || one === undefined) {
              const memory = { ...aMemory(clock), embedding: towards(direction) };
              await store.insert(caller, memory, 'coexist');
              expected.push({ id: memory.memory.id, content: memory.memory.content, direction });
            } else if (kind === 'embed') {
              await saveEmbedding(store, caller, one.id, towards(direction));
              one.direction = direction;
            } else if (kind === 'remove') {
              await store.remove(caller, one.id, clock.now());
              expected.splice(expected.indexOf(one), 1);
            } else {
              await new SqlUserErasure(database()).erase(caller, 'anna');
              expected.length = 0;
            }
            if (!search) continue;
            const sorted = expected
              .map((each, place) => ({ ...each, place }))
              .sort((a, b) => a.direction - b.direction || b.place - a.place)
              .map(({ content }) => content);
            for (const each of stores) expect(await find(each)).toEqual(sorted);
          }
        }),
        { numRuns: 15 },
      );
    });

    it('drops the vectors of a scope that was removed and of what was swept', async () => {
      const { clock, caller, stores, find } = setUp();
      const [store] = stores;
      const soon = new Date(clock.now().getTime() + 1_000);
      const add = (content: string, overrides: Parameters<typeof aMemory>[1] = {}) =>
        store.insert(
          caller,
          { ...aMemory(clock, { content, ...overrides }), embedding: towards(1) },
          'coexist',
        );
      await add('stays');
      await add('goes with its session', { scope: { userId: 'anna', sessionId: 's' } });
      await add('expires', { expiresAt: soon });
      expect(await find(store)).toEqual(['expires', 'stays']);
      await store.removeScope(caller, { userId: 'anna', sessionId: 's' });
      clock.advanceSeconds(5);
      await store.sweep(clock.now());
      for (const each of stores) expect(await find(each)).toEqual(['stays']);
      await store.removeScope(caller, { userId: 'anna' });
      for (const each of stores) expect(await find(each)).toEqual([]);
      await add('comes later');
      for (const each of stores) expect(await find(each)).toEqual(['comes later']);
    });

    it('finds everything after writers that overlap', async () => {
      const { clock, caller, stores, find } = setUp();
      const memories = Array.from({ length: 40 }, (_, i) => ({
        ...aMemory(clock, { scope: { userId: 'anna', sessionId: `s${i}` } }),
        embedding: towards(0),
      }));
      const view = aView(clock, { mode: 'subtree' });
      await Promise.all(
        memories.map(async (memory, i) => {
          const store = stores[i % 2]!;
          await store.insert(caller, memory, 'coexist');
          await store.semanticHits(caller, view, QUERY, 10);
          if (i % 4 === 0) await store.remove(caller, memory.memory.id, clock.now());
        }),
      );
      const left = memories.filter((_, i) => i % 4 !== 0).map(({ memory }) => memory.content);
      for (const store of stores) {
        const found = contentsOf(await store.semanticHits(caller, view, QUERY, 1_000));
        expect(found.sort()).toEqual(left.toSorted());
      }
      expect(await find(stores[0])).toEqual([]);
    });
  });
});

describeOnDatabases(
  'vectors of transactions that end out of order',
  (database) => {
    it('wait for each other, so that a search that saw the later one has missed none before it', async () => {
      const clock = new FakeClock();
      const caller = aCaller({ tenantId: newTenant() });
      const store = new SqlMemoryStore(database(), clock);
      const reader = new SqlMemoryStore(database(), clock);
      const first = { ...aMemory(clock, { content: 'first' }), embedding: towards(0) };
      await store.insert(caller, first, 'coexist');
      // Two memories get their vectors at once: the lock of each is its own id, so nothing else puts them in order.
      const others = ['second', 'third', 'fourth', 'fifth'].map((content) => aMemory(clock, { content }));
      for (const other of others) await store.insert(caller, other, 'coexist');
      let searching = true;
      const search = async (): Promise<void> => {
        while (searching) await reader.semanticHits(caller, aView(clock), QUERY, 10);
      };
      const searches = search();
      await Promise.all(others.map(({ memory }) => saveEmbedding(store, caller, memory.id, towards(1))));
      searching = false;
      await searches;
      const found = await reader.semanticHits(caller, aView(clock), QUERY, 10);
      expect(contentsOf(found)).toEqual(['first', 'fifth', 'fourth', 'third', 'second']);
    });
  },
  [postgresKind],
);
