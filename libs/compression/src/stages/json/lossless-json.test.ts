import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonTree, writeJsonTree } from '#libs/json-text';
import { decodeLosslessJson, isShortForm, shortestForm, usesTableKeys } from './lossless-json.js';

const DATA = join('..', 'shared', 'data', 'json-responses');

const count = (text: string): number => text.length / 4;

function encode(text: string): string {
  const tree = parseJsonTree(text);
  if (tree === undefined) throw new Error('not JSON');
  return writeJsonTree(shortestForm(tree, count));
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
    const user = (login: string, note?: string): object => ({
      login,
      type: 'User',
      home: { city: 'Stockholm', url: `https://example.org/people/${login}/home` },
      ...(note !== undefined && { note }),
    });
    const logins = ['ada', 'grace', 'alan', 'edsger', 'barbara'];
    const people = [...logins.map((login) => user(login)), user('donald', 'x')];
    expect(JSON.parse(encode(JSON.stringify(people)))).toEqual({
      _cols: [
        'login',
        { type: 'User' },
        { 'home.city': 'Stockholm' },
        { 'home.url': 'https://example.org/people/<login>/home' },
        '?note',
      ],
      _fill: '<>',
      _rows: [...logins.map((login) => [login]), ['donald', { note: 'x' }]],
    });
  });

  it('tells values that hold for a while once, and the order of keys where it changes', () => {
    const early = (id: number): object => ({
      id,
      license: 'Apache License 2.0',
      engine: 'node 0.10 and later',
    });
    const late = (id: number): object => ({ engine: 'node 20 and later', license: 'MIT', id });
    const [first, second] = [
      [10, 27, 31, 44, 45, 46, 49],
      [52, 63, 70, 88, 91, 92, 95],
    ];
    const versions = [...first.map(early), ...second.map(late)];
    expect(JSON.parse(encode(JSON.stringify(versions)))).toEqual({
      _cols: ['id', '^license', '^engine'],
      _orders: ['2 1 0'],
      _rows: [
        [10, { license: 'Apache License 2.0', engine: 'node 0.10 and later' }],
        ...first.slice(1).map((id) => [id]),
        [52, { license: 'MIT', engine: 'node 20 and later', _order: 1 }],
        ...second.slice(1).map((id) => [id]),
      ],
    });
  });

  it('names an object that stands at several places', () => {
    const owner = { login: 'ada', id: 1815, site: 'https://example.org/ada' };
    const text = JSON.stringify({ owner, issue: { title: 'A', author: owner }, reviewer: owner });
    expect(JSON.parse(encode(text))).toEqual({
      _names: [{ '*1': owner }],
      _doc: { owner: '*1', issue: { title: 'A', author: '*1' }, reviewer: '*1' },
    });
    expect(decodeLosslessJson(encode(text))).toBe(text);
  });

  it('gives a text that seems to hold ever more names inside names in bounded time', () => {
    const names = Array.from({ length: 40 }, (_, i) => [`*${i}`, [`*${i + 1}`, `*${i + 1}`]]);
    const text = JSON.stringify({ _names: [Object.fromEntries(names)], _doc: '*0' });
    expect(decodeLosslessJson(text)).toBe(text);
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

  it('takes nested arrays of which each holds the next one', () => {
    let text = '1';
    for (let depth = 0; depth < 100; depth++) text = `[{"a":${text}},{"a":1}]`;
    expect(decodeLosslessJson(encode(text))).toBe(text);
  });

  it('takes an array of 100,000 elements', () => {
    const text = JSON.stringify(Array.from({ length: 100_000 }, (_, id) => ({ id, kind: 'element' })));
    expect(decodeLosslessJson(encode(text))).toBe(text);
  });

  it('leaves deep nesting alone', () => {
    const text = `${'[{"a":'.repeat(10_000)}1${'}]'.repeat(10_000)}`;
    expect(decodeLosslessJson(encode(text))).toBe(text);
  });

  it('is known again', () => {
    const rows = JSON.stringify(Array.from({ length: 9 }, (_, id) => ({ id, name: 'the same name' })));
    expect(isShortForm(encode(rows))).toBe(true);
    expect(isShortForm(encode(`{"page":1,"rows":${rows}}`))).toBe(true);
    expect(isShortForm(rows)).toBe(false);
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
