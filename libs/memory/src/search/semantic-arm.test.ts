import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ArmHit } from '../ports/memory-store.js';
import type { Caller } from '#libs/kernel';
import type { MemoryStore } from '../ports/memory-store.js';
import { askByMeaning, mergeByRank } from './semantic-arm.js';

const hit = (id: string): ArmHit => ({ memory: { id } as ArmHit['memory'], score: 1 });
const lists = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 20 })), { maxLength: 3 });

it('merges what several models found: everything once, never behind its rank in a list', () => {
  fc.assert(
    fc.property(lists, (ids) => {
      const merged = mergeByRank(ids.map((list) => list.map((id) => hit(String(id))))).map(
        ({ memory }) => memory.id,
      );
      expect(merged.toSorted()).toEqual([...new Set(ids.flat().map(String))].toSorted());
      for (const list of ids) {
        list.forEach((id, rank) => {
          expect(merged.indexOf(String(id))).toBeLessThan((rank + 1) * ids.length);
        });
      }
    }),
  );
});

it('tells of nothing as gated out that says nothing about the query', async () => {
  const store = {
    semanticHits: () =>
      Promise.resolve({
        hits: [{ ...hit('seen'), score: 0.1 }],
        suppressed: {
          superseded: [
            { id: 'near', score: 0.6 },
            { id: 'far', score: 0.15 },
          ],
          expired: [{ id: 'far too', score: -0.2 }],
        },
      }),
  } as unknown as MemoryStore;
  const view = {
    scope: { userId: 'ada' },
    mode: 'resolve',
    now: new Date(0),
    includeSuperseded: false,
  } as const;
  const query = { model: 'm', vector: new Float32Array(3) };
  expect(await askByMeaning(store, {} as Caller, view, [query], 10)).toEqual({
    hits: [],
    suppressed: { superseded: [{ id: 'near', score: 0.6 }], expired: [] },
  });
});
