import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonNode, parseJsonTree, writeJsonTree } from '#libs/json-text';
import { columnName, columnPath, orderOfText, orderText } from './table-names.js';
import { rowsOfTable } from './table-rows.js';
import { tableOf } from './table.js';

const count = (text: string): number => text.length / 4;
const asIs = (node: JsonNode): JsonNode => node;

function treeOf(text: string): JsonNode {
  const tree = parseJsonTree(text);
  if (tree === undefined) throw new Error(`not JSON: ${text}`);
  return tree;
}

/** The JSON text of an array or object after it went through a table, and the table's; undefined without a table. */
function throughTable(text: string): { back: string; table: string } | undefined {
  const tree = treeOf(text);
  const table =
    tree.kind === 'object'
      ? tableOf(tree.values, asIs, count, tree.keys)
      : tableOf(tree.kind === 'array' ? tree.items : [], asIs, count);
  if (table?.kind !== 'object') return undefined;
  const read = treeOf(writeJsonTree(table));
  return { back: writeJsonTree(rowsOfTable(read as typeof table, asIs)), table: writeJsonTree(table) };
}

const key = fc.constantFrom(
  ...[
    '"id"',
    '"login"',
    '"url"',
    '"a.b"',
    '"?x"',
    '"^y"',
    '"<z>"',
    '"__proto__"',
    '""',
    String.raw`"\u0061"`,
  ],
);
/** Values that are made of others, repeat, are like the signs of the form, or are written in odd ways. */
const value = (row: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(
      ...[
        `"user${row}"`,
        `"https://x.org/user${row}/repos"`,
        `"https://x.org/user${row}/repos?p=1"`,
        `${1000 + row}`,
      ],
      ...[
        `"v1.${row}.0"`,
        `"<id>"`,
        `"<>"`,
        `"{id}"`,
        '""',
        'null',
        '[]',
        '{}',
        '"^"',
        '"-"',
        '1.0',
        '-0',
        '1e21',
      ],
      ...[
        String.raw`"\\"`,
        String.raw`"a\/user\n"`,
        String.raw`"\ud800user"`,
        String.raw`"C:\\dir\\user${row}"`,
      ],
      ...['"a long value that repeats"', '{"id":1,"login":"x"}', '{"id":{"id":2}}', '[1,{"id":3}]', '"007"'],
    ),
    fc.string({ maxLength: 4, unit: 'binary' }).map((text) => JSON.stringify(text)),
  );
const object = (row: number): fc.Arbitrary<string> =>
  fc
    .uniqueArray(fc.tuple(key, value(row)), { maxLength: 6, selector: ([name]) => name })
    .map((members) => `{${members.map((member) => member.join(':')).join(',')}}`);
const items = fc
  .nat(12)
  .chain((size) => fc.tuple(...Array.from({ length: size + 1 }, (_, row) => object(row))));

describe('a table', () => {
  it('gives back any rows', () => {
    let tables = 0;
    fc.assert(
      fc.property(items, (objects) => {
        const text = `[${objects.join(',')}]`;
        const result = throughTable(text);
        if (result === undefined) return;
        tables++;
        expect(result.back).toBe(text);
      }),
      { numRuns: 500 },
    );
    expect(tables).toBeGreaterThan(250);
  });

  it('gives back rows of one kind with exceptions', () => {
    const cell = fc.tuple(fc.nat(50), fc.nat(9), fc.boolean());
    fc.assert(
      fc.property(fc.array(cell, { minLength: 5, maxLength: 40 }), (cells) => {
        const rows = cells.map(([id, odd, isLate]) => ({
          id: `n${id}`,
          url: odd === 0 ? null : odd === 1 ? 'elsewhere' : `https://x.org/n${id}`,
          license: isLate ? 'MIT' : 'Apache License',
          ...(odd === 2 && { note: 'x' }),
          nested: { number: `${id}`, ...(odd > 3 && { at: `2024-01-0${odd}T00:00:00Z` }) },
        }));
        const text = JSON.stringify(rows);
        expect(throughTable(text)?.back).toBe(text);
      }),
    );
  });

  it('gives back the members of an object, and items that are no rows', () => {
    const versions = `{"1.0":{"v":"1.0","a":1},"2.0":{"a":2,"v":"2.0"},"x":null,"2.1":{"v":"2.1","a":3}}`;
    expect(throughTable(versions)?.back).toBe(versions);
    const mixed = `[{"a":1},"raw",{"a":2},{"a":3},{"a":4}]`;
    expect(throughTable(mixed)?.back).toBe(mixed);
  });

  it('is not made of rows that repeat a key', () => {
    expect(throughTable('[{"a":1,"a":2},{"a":1}]')).toBeUndefined();
  });

  it('never throws for a text that only looks like one', () => {
    const part = fc.constantFrom(
      '_cols',
      '_rows',
      '_fill',
      '_orders',
      '_same',
      '<>',
      '^a',
      '?a',
      'a',
      '1-9',
      '<a>',
    );
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { depthSize: 'small' },
        part,
        fc.nat(3),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(part, tie('json'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.array(json, { maxLength: 4 }),
        fc.array(json, { maxLength: 4 }),
        json,
        (columns, rows, rest) => {
          const table = treeOf(JSON.stringify({ _cols: columns, _fill: rest, _orders: rest, _rows: rows }));
          expect(() => table.kind === 'object' && rowsOfTable(table, asIs)).not.toThrow();
        },
      ),
    );
  });
});

describe('the name of a column', () => {
  it('leads back to its keys', () => {
    const part = fc.constantFrom('a', '.', '?', '^', 'b c', String.raw`\n`, String.raw`\u002f`);
    const literal = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(literal, { minLength: 1, maxLength: 4 }), (path) => {
        const name = columnName(path);
        expect(name !== undefined && columnPath(name)).toEqual(path);
      }),
    );
  });

  it('is given to no key that is spelled like an escaped one', () => {
    expect(columnName([String.raw`a\u002eb`])).toBeUndefined();
  });
});

describe('an order of columns', () => {
  it('is written in runs', () => {
    expect(orderText([0, 1, 2, 5, 4, 6, 7])).toBe('"0-2 5 4 6-7"');
  });

  it('leads back to its columns', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(30), { minLength: 1 }), (order) => {
        expect(orderOfText(orderText(order), 31)).toEqual(order);
      }),
    );
  });
});
