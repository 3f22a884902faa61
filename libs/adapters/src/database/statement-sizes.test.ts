import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { padded, partsOf } from './statement-sizes.js';

const lists = fc.array(fc.nat(), { maxLength: 300 });

describe('the sizes of statements', () => {
  it('cut a list into all of its items in a few sizes', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom(1, 4, 64, 512), (list, most) => {
        const parts = [...partsOf(list, most)];
        expect(parts.flat()).toEqual(list);
        for (const { length } of parts) {
          expect(length).toBeLessThanOrEqual(most);
          if (length > 16) expect(Math.log2(length) % 1).toBe(0);
        }
        const odd = parts.filter(({ length }) => length < most).map(({ length }) => length);
        expect(new Set(odd).size).toBe(odd.length);
      }),
    );
  });

  it('fill a list up with what it holds already', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const full = padded(list);
        expect(full.slice(0, list.length)).toEqual(list);
        expect(new Set(full)).toEqual(new Set(list));
        if (list.length > 0) expect(Math.log2(full.length) % 1).toBe(0);
        expect(full.length).toBeLessThan(Math.max(2 * list.length, 1));
      }),
    );
  });
});
