import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dot, normalise } from '../vector.js';
import { rowWidth, VectorArena } from '../vector-arena.js';
import { GENERATED, generatedKernel } from './compile-kernel.js';

const component = fc.float({ min: -1, max: 1, noNaN: true });
const vectorOf = (dimensions: number) =>
  fc.array(component, { minLength: dimensions, maxLength: dimensions }).map((v) => Float32Array.from(v));

it('is what `npm run kernel` makes of its source', async () => {
  expect(readFileSync(GENERATED, 'utf8')).toBe(await generatedKernel());
});

it('gives the scalar product of the query with every row, whatever the dimensions', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }).chain((dimensions) =>
        fc.record({
          query: vectorOf(dimensions),
          rows: fc.array(vectorOf(dimensions), { maxLength: 40 }),
        }),
      ),
      ({ query, rows }) => {
        const arena = new VectorArena(100);
        const width = rowWidth(query.length);
        const page = arena.take() ?? -1;
        rows.forEach((row, index) => {
          arena.write(page, index, width, row);
        });
        const products = [...arena.scan([page], width, rows.length, query)];
        rows.forEach((row, index) => {
          expect(products[index]).toBeCloseTo(dot(row, query), 4);
        });
      },
    ),
  );
});

it('gives equal vectors equal products, wherever they stand', () => {
  fc.assert(
    fc.property(vectorOf(384), vectorOf(384), (query, vector) => {
      const arena = new VectorArena(4);
      const pages = [arena.take() ?? -1, arena.take() ?? -1];
      for (let row = 0; row < 42; row++) {
        for (const page of pages) arena.write(page, row, 384, normalise(vector));
      }
      expect(new Set(arena.scan(pages, 384, 84, query)).size).toBe(1);
    }),
    { numRuns: 20 },
  );
});
