import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLosslessSearch } from './lossless-search.js';
import { decodeLosslessSearch } from './read-lossless-search.js';

const DATA = join('..', 'shared', 'data', 'search-outputs');

const written = (lines: readonly string[]): string[] =>
  encodeLosslessSearch(lines.join('\n')).split('\n').slice(1);

describe('the lossless form of search results', () => {
  it('names each file once, and a text once per file', () => {
    expect(
      written([
        'src/deep/a.ts:3:import x',
        'src/deep/a.ts:5:  return',
        'src/deep/a.ts:9:  return',
        'src/deep/b.ts:1:let y',
        'README.md:7:x',
      ]),
    ).toEqual(['src/deep/a.ts', '3 import x', '5,9   return', '~/b.ts', '1 let y', 'README.md', '7 x']);
  });

  it('names what many hits begin with', () => {
    const hits = ['reset()', 'copy()', 'next()', 'abort()', 'done()', 'fail()'].map(
      (name, index) => `context.go:${String(10 * index + 3)}:func (c *Context) ${name}`,
    );
    expect(written(hits).slice(0, 3)).toEqual(['>func (c *Context)', 'context.go', '3> reset()']);
  });

  it('numbers context lines once, and leaves out separators where something was skipped', () => {
    expect(
      written(['a/b.c-1-{', 'a/b.c:2:x', 'a/b.c-3-}', '--', 'a/b.c-7-{', 'a/b.c:8:x', 'a/b.c-9-}']),
    ).toEqual(['a/b.c', '1-{', '2 x', ' }', '7-{', '8 x', ' }']);
  });

  it('reads ripgrep’s headings', () => {
    expect(written(['a/b.c', '1:x', '2:y', '', 'a/c.c', '4:z'])).toEqual([
      'a/b.c',
      '1 x',
      '2 y',
      'a/c.c',
      '4 z',
    ]);
  });

  const path = fc.constantFrom(
    ...['a.ts', 'src/deep/a.ts', 'src/deep/b.ts', 'src/deep/x/c.ts', 'C:\\x\\y.ts', './z.c', '~/home.c'],
    ...['my file.md', 'a-1-b.ts', 'a:1:b', '2024/x.md', '|x', '"q', '-', '>', '', '12', 'a,b'],
  );
  const text = fc.constantFrom(
    '',
    'x',
    '  x',
    '\tif (a) {',
    'b:1:c',
    'd-2-e',
    '\r',
    '>',
    '3 x',
    '3:x',
    '\ud800',
  );
  const number = fc.oneof(fc.nat(6), fc.constantFrom('007', '12,13', '', '123456789')).map(String);
  const line = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(path, number, text).map(([p, n, t]) => `${p}:${n}:${t}`) },
    { weight: 3, arbitrary: fc.tuple(path, number, text).map(([p, n, t]) => `${p}-${n}-${t}`) },
    { weight: 2, arbitrary: fc.tuple(path, text).map(([p, t]) => `${p}:${t}`) },
    {
      weight: 3,
      arbitrary: fc.tuple(number, fc.constantFrom(':', '-'), text).map((parts) => parts.join('')),
    },
    { weight: 2, arbitrary: fc.constantFrom('--', '', 'Binary file a.bin matches', '[x]', ' y', '|z') },
    { weight: 2, arbitrary: path },
  );

  it('gives back any results', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        expect(decodeLosslessSearch(encodeLosslessSearch(lines.join('\n')))).toBe(lines.join('\n'));
      }),
      { numRuns: 5000 },
    );
  });

  it('gives back results of one kind, whatever the paths and texts', () => {
    const hit = fc.tuple(path, fc.integer({ min: 1, max: 9 }), text);
    const kind = fc.constantFrom<(p: string, n: number, t: string) => string>(
      (p, n, t) => `${p}:${String(n)}:${t}`,
      (p, n, t) => `${p}:${String(n)}:${String(n)}:${t}`,
      (p, n, t) => (n % 3 === 0 ? `${p}:${String(n)}:${t}` : `${p}-${String(n)}-${t}`),
      (p, _, t) => `${p}:${t}`,
    );
    fc.assert(
      fc.property(kind, fc.array(hit, { maxLength: 30 }), fc.boolean(), (tell, hits, isSorted) => {
        const order = isSorted ? hits.toSorted((a, b) => a[0].localeCompare(b[0]) || a[1] - b[1]) : hits;
        const results = order.map((parts) => tell(...parts)).join('\n');
        expect(decodeLosslessSearch(encodeLosslessSearch(results))).toBe(results);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        expect(decodeLosslessSearch(encodeLosslessSearch(any))).toBe(any);
      }),
    );
  });

  it.skipIf(!existsSync(DATA))(`gives back real results (skipped without ${DATA})`, () => {
    for (const name of readdirSync(DATA).filter((file) => file !== 'SOURCE.md')) {
      const results = readFileSync(join(DATA, name), 'utf8');
      const encoded = encodeLosslessSearch(results);
      expect(decodeLosslessSearch(encoded) === results, name).toBe(true);
      expect(encoded.length, name).toBeLessThan(results.length * 0.9);
    }
  });
});
