import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SqlMemoryStore } from '#libs/adapters';
import { aCaller } from '../../support/callers.js';
import { describeOnDatabases, newTenant } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { aMemory, aView, words } from '../../support/memories.js';

describeOnDatabases('two servers that remember how memories lie beside each other', (database) => {
  it('see what the other one adds, erases, and adds again', async () => {
    const clock = new FakeClock();
    const caller = aCaller({ tenantId: newTenant() });
    const [here, there] = [new SqlMemoryStore(database(), clock), new SqlMemoryStore(database(), clock)];
    const add = async (store: SqlMemoryStore, messageIndex: number, content: string): Promise<string> => {
      const source = { conversationId: 'c', messageIndex };
      return (await store.insert(caller, aMemory(clock, { content, source }), 'coexist')).memory.id;
    };
    const found = async (store: SqlMemoryStore): Promise<string[]> => {
      const { hits } = await store.keywordHits(caller, aView(clock), words(['instrument']), 10);
      return hits.map(({ memory }) => memory.id);
    };
    const question = await add(here, 1, 'which instrument');
    expect(await found(here)).toEqual([question]);
    const answer = await add(there, 2, 'the violin');
    expect(await found(here)).toEqual([question, answer]);
    await there.remove(caller, answer, clock.now());
    expect(await found(here)).toEqual([question]);
    await there.removeScope(caller, { userId: 'anna' });
    expect(await found(here)).toEqual([]);
    const again = [await add(there, 1, 'which instrument'), await add(there, 2, 'the cello')];
    expect(await found(here)).toEqual(again);
    expect(await found(there)).toEqual(again);
  });

  it('answer as one that remembers nothing, whatever was added and erased between two questions', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ add: fc.constantFrom('a b', 'b c', 'c', 'a a d'), at: fc.nat(5) }),
      },
      { weight: 1, arbitrary: fc.record({ remove: fc.nat(20) }) },
      { weight: 3, arbitrary: fc.record({ ask: fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const clock = new FakeClock();
        const caller = aCaller({ tenantId: newTenant() });
        const here = new SqlMemoryStore(database(), clock);
        const ids: string[] = [];
        for (const one of steps) {
          if ('add' in one) {
            const source = { conversationId: 'c', messageIndex: one.at };
            const memory = aMemory(clock, { content: `${one.add} ${ids.length}`, source });
            ids.push((await here.insert(caller, memory, 'coexist')).memory.id);
          } else if ('remove' in one) {
            const id = ids[one.remove];
            if (id !== undefined) await here.remove(caller, id, clock.now());
          } else {
            const answers = [here, new SqlMemoryStore(database(), clock)].map((store) =>
              store.keywordHits(caller, aView(clock), words(one.ask), 10),
            );
            const [remembering, fresh] = await Promise.all(answers);
            expect(remembering).toEqual(fresh);
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});
