import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ArmHit } from '../ports/memory-store.js';
import { mergeByRank } from './semantic-arm.js';

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
