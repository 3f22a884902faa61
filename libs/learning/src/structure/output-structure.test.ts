import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonTree } from '#libs/json-text';
import { matchedFields } from './matched-fields.js';
import { structureOf } from './output-structure.js';

const of = (value: unknown) => structureOf('tool', 'json', parseJsonTree(JSON.stringify(value)));
const names = (value: unknown) => of(value).fields.map(({ name }) => name);

const aName = fc.stringMatching(/^[a-z]{1,8}$/);
const aSchema = fc.dictionary(aName, fc.constantFrom('string', 'number', 'boolean'), {
  minKeys: 1,
  maxKeys: 8,
});

/** A value of the type that is another for each seed, never empty. */
function valueOf(type: string, seed: number): unknown {
  if (type === 'number') return seed + 1;
  return type === 'boolean' ? seed % 2 === 0 : `value ${String(seed)}`;
}

function rowOf(schema: Readonly<Record<string, string>>, seed: number, isReversed = false): object {
  const members = Object.entries(schema).map(([name, type]) => [name, valueOf(type, seed)] as const);
  return Object.fromEntries(isReversed ? members.toReversed() : members);
}

describe('the signature of an output', () => {
  it('is the same whatever the values, the number of rows and the order of keys are', () => {
    fc.assert(
      fc.property(aSchema, fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 9 }), (schema, a, b, rows) => {
        const one = of(Array.from({ length: 3 }, (_, i) => rowOf(schema, a + i)));
        const other = of({ data: Array.from({ length: rows }, (_, i) => rowOf(schema, b + i, true)) });
        expect(other.signature).toBe(one.signature);
      }),
    );
  });

  it('is another where a field has another name or another type', () => {
    fc.assert(
      fc.property(aSchema, aName, fc.constantFrom('string', 'number'), (schema, name, type) => {
        const changed = { ...schema, [name]: type };
        fc.pre(
          JSON.stringify(Object.entries(changed).sort()) !== JSON.stringify(Object.entries(schema).sort()),
        );
        expect(of([rowOf(changed, 1)]).signature).not.toBe(of([rowOf(schema, 1)]).signature);
      }),
    );
  });

  it('is that of the tool and the kind where there are no fields', () => {
    const log = (tool: string) => structureOf(tool, 'log').signature;
    expect(log('a')).toMatch(/^[0-9a-f]{24}$/);
    expect(log('a')).not.toBe(log('b'));
    expect(log('a')).not.toBe(structureOf('a', 'diff').signature);
    expect(of([1, 2, 3]).signature).toBe(of(['x']).signature);
    expect(of([{ x: 1 }]).signature).toBe(
      structureOf('another', 'json', parseJsonTree('[{"x": 2}]')).signature,
    );
  });

  it('does not depend on what tools return for nothing', () => {
    expect(
      of([
        { a: 1, b: null },
        { a: 2, b: 'x' },
      ]).signature,
    ).toBe(of([{ b: 'y', a: 3 }]).signature);
  });
});

describe('the fields of an output', () => {
  it('are those of its rows, with one level of objects in them', () => {
    expect(
      names({ total: 2, items: [{ id: 1, owner: { name: 'x', team: { lead: 1 } } }, { id: 2 }] }),
    ).toEqual(['id', 'owner', 'owner.name', 'owner.team']);
    expect(names({ AB1: { fare: 1 }, CD2: { fare: 2 }, EF3: { fare: 3 } })).toEqual(['fare']);
  });

  it('are not told by keys that look like data', () => {
    const keys = ['4f2a91bc', '2024-05-01', 'ann@example.org', 'a7F2k9Q4', '__proto__', 'x'.repeat(60)];
    expect(names(JSON.parse(`{${keys.map((key) => `"${key}": 1`).join()}}`))).toEqual(['*']);
    expect(names({ md5: 'x', node_id: 1, '@type': 'y' })).toEqual(['@type', 'md5', 'node_id']);
  });

  it('tell shares and types, and never a value', () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({
      id: i + 1,
      kind: 'secret',
      err: i === 3 ? 'boom' : null,
    }));
    expect(of(rows).fields).toEqual([
      { name: 'err', types: ['string'], filled: 0.1, distinct: 1 },
      { name: 'id', types: ['number'], filled: 1, distinct: 1 },
      { name: 'kind', types: ['string'], filled: 1, distinct: 0.1 },
    ]);
    expect(JSON.stringify(of(rows))).not.toMatch(/secret|boom/);
  });
});

describe('the fields that a query is about', () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({
    name: `package ${String(i)}`,
    url: `https://example.org/packages/package/${String(i)}/archive/refs/heads`,
    fault: i === 7 ? 'disk is gone' : null,
  }));
  const asked = (query: string, ...found: object[]) =>
    matchedFields(
      query,
      found.map((row) => JSON.stringify(row)),
      JSON.stringify(rows),
    );

  it('are those whose values are most like it, or that it names', () => {
    expect(asked('package 7', rows[7]!).queried).toEqual(['name']);
    expect(asked('what is the url', rows[7]!).queried).toEqual(['url']);
    expect(asked('nothing of all this', rows[7]!).queried).toEqual([]);
  });

  it('are exceptional where few other rows have a value', () => {
    expect(asked('disk', rows[7]!).exceptional).toEqual(['fault']);
    expect(asked('package', rows[1]!, rows[2]!).exceptional).toEqual([]);
  });

  it('are none in what has no fields', () => {
    expect(matchedFields('error', ['error: x'], 'ok\nerror: x')).toEqual({ queried: [], exceptional: [] });
  });
});
