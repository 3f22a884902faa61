import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonTree, writeJsonTree } from '#libs/json-text';
import { decodeLosslessJson, usesTableKeys, withTables } from './lossless-json.js';

const DATA = join('..', 'shared', 'data', 'json-responses');

function encode(text: string): string {
  const tree = parseJsonTree(text);
  if (tree === undefined) throw new Error('not JSON');
  return writeJsonTree(withTables(tree));
}

function minify(text: string): string {
  const tree = parseJsonTree(text);
  return tree === undefined ? text : writeJsonTree(tree);
}

const scalar = fc.oneof(
  fc.constantFrom(
    '1.0',
    '1e21',
    '12345678901234567890',
    '-0',
    '""',
    'null',
    'false',
    '"^"',
    '"-"',
    '{}',
    '[]',
  ),
  fc.constantFrom('"a long value that repeats"', '"\\u00e9\\n"', '"\\ud800"'),
  fc.string({ maxLength: 6 }).map((value) => JSON.stringify(value)),
);
const key = fc.constantFrom('"id"', '"a.b"', '"a"', '"b"', '"2"', '"1"', '"__proto__"', '""', '"\\u0061"');
const { document } = fc.letrec<{ document: string; object: string; rows: string }>((tie) => ({
  document: fc.oneof({ depthSize: 'small' }, scalar, tie('rows'), tie('object')),
  object: fc
    .array(fc.tuple(key, tie('document')), { maxLength: 4 })
    .map((members) => `{${members.map((member) => member.join(':')).join(',')}}`),
  rows: fc.array(tie('object'), { maxLength: 5 }).map((objects) => `[${objects.join(',')}]`),
}));

describe('the lossless form of JSON', () => {
  it('turns alike objects into a table that is still JSON', () => {
    const text = JSON.stringify([
      { id: 1, kind: 'person', home: { city: 'Stockholm', zip: '111 22' } },
      { id: 2, kind: 'person', home: { city: 'Stockholm', zip: '111 23' } },
      { id: 3, kind: 'person', home: { city: 'Stockholm', zip: '111 23' }, note: 'x' },
    ]);
    expect(JSON.parse(encode(text))).toEqual({
      _cols: ['id', { kind: 'person' }, { 'home.city': 'Stockholm' }, 'home.zip', 'note'],
      _same: '',
      _none: null,
      _rows: [
        [1, '111 22', null],
        [2, '111 23', null],
        [3, '', 'x'],
      ],
    });
  });

  it('gives back every literal of any document', () => {
    fc.assert(
      fc.property(document, (text) => {
        expect(decodeLosslessJson(encode(text))).toBe(text);
      }),
      { numRuns: 3000 },
    );
  });

  it('gives back tables whose rows differ in keys and kinds', () => {
    const rows = fc.array(
      fc.subarray(['"id":1.0', '"a":{"b":1,"c":"cccccc"}', '"name":"a repeated name"', '"t":null', '"u":{}']),
      { minLength: 2, maxLength: 30 },
    );
    fc.assert(
      fc.property(rows, (members) => {
        const text = `{"list":[${members.map((row) => `{${row.join(',')}}`).join(',')}]}`;
        expect(decodeLosslessJson(encode(text))).toBe(text);
      }),
    );
  });

  it('leaves deep nesting alone', () => {
    const text = `${'[{"a":'.repeat(10_000)}1${'}]'.repeat(10_000)}`;
    expect(decodeLosslessJson(encode(text))).toBe(text);
  });

  it('knows a document that uses the keys of a table itself', () => {
    expect(usesTableKeys('{"_rows":[]}')).toBe(true);
    expect(usesTableKeys('{"rows":[]}')).toBe(false);
  });

  it.skipIf(!existsSync(DATA))(`gives back real responses (skipped without ${DATA})`, () => {
    for (const name of readdirSync(DATA).filter((file) => file.endsWith('.json'))) {
      const text = readFileSync(join(DATA, name), 'utf8');
      const encoded = encode(text);
      expect(decodeLosslessJson(encoded)).toBe(minify(text));
      expect(encoded.length).toBeLessThanOrEqual(minify(text).length);
    }
  });
});
