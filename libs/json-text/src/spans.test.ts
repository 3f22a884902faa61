import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementSpans, memberSpans, splice } from './index.js';

/** JSON text of a value with white space of any kind between its tokens. */
const spacedJson = (value: unknown): fc.Arbitrary<string> => {
  const tokens = JSON.stringify(value).match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^{}[\],:"\s]+/g) ?? [];
  const space = fc
    .array(fc.constantFrom(' ', '\n', '\r', '\t'), { maxLength: 3 })
    .map((parts) => parts.join(''));
  return fc
    .array(space, { minLength: tokens.length + 1, maxLength: tokens.length + 1 })
    .map((spaces) => (spaces[0] ?? '') + tokens.map((token, i) => token + (spaces[i + 1] ?? '')).join(''));
};

const spacedObject = fc
  .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())
  .chain((object) =>
    spacedJson(object).map((text) => ({ text, parsed: JSON.parse(text) as Record<string, unknown> })),
  );
const spacedArray = fc
  .array(fc.jsonValue())
  .chain((array) => spacedJson(array).map((text) => ({ text, parsed: JSON.parse(text) as unknown[] })));

describe('memberSpans', () => {
  it('finds every member, whose text parses to its value', () => {
    fc.assert(
      fc.property(spacedObject, ({ text, parsed }) => {
        const members = memberSpans(text);
        expect(new Set(members.map(({ key }) => key))).toEqual(new Set(Object.keys(parsed)));
        for (const { key, start, end } of members)
          expect(JSON.parse(text.slice(start, end))).toEqual(parsed[key]);
      }),
    );
  });

  it('keeps the spelling of literals, and keys that appear twice', () => {
    const text = '{"a": 1.0, "a": 1e21, "\\u0062": "x\\"}"}';
    expect(memberSpans(text).map(({ key, start, end }) => [key, text.slice(start, end)])).toEqual([
      ['a', '1.0'],
      ['a', '1e21'],
      ['b', '"x\\"}"'],
    ]);
  });

  it('finds the members of an object inside', () => {
    const text = '[{}, {"deep": [1, {"x": 2}]}]';
    expect(memberSpans(text, 5).map(({ key, start, end }) => [key, text.slice(start, end)])).toEqual([
      ['deep', '[1, {"x": 2}]'],
    ]);
  });
});

describe('elementSpans', () => {
  it('finds every element, in order', () => {
    fc.assert(
      fc.property(spacedArray, ({ text, parsed }) => {
        const elements = elementSpans(text).map(
          ({ start, end }) => JSON.parse(text.slice(start, end)) as unknown,
        );
        expect(elements).toEqual(parsed);
      }),
    );
  });

  it('takes nesting of any depth', () => {
    const text = `[${'['.repeat(100_000)}${']'.repeat(100_000)}, 7]`;
    expect(elementSpans(text)).toHaveLength(2);
  });
});

describe('splice', () => {
  it('replaces what it is told to, in any order, and keeps every other byte', () => {
    fc.assert(
      fc.property(
        spacedArray,
        fc.string(),
        fc.infiniteStream(fc.boolean()),
        ({ text }, replacement, coins) => {
          const spans = elementSpans(text);
          const chosen = spans.filter(() => coins.next().value as boolean);
          const spliced = splice(text, chosen.map((span) => ({ ...span, text: replacement })).reverse());
          let expected = '';
          let position = 0;
          for (const { start, end } of chosen) {
            expected += text.slice(position, start) + replacement;
            position = end;
          }
          expect(spliced).toBe(expected + text.slice(position));
        },
      ),
    );
  });

  it('gives the text itself when nothing is replaced, and inserts where a stretch is empty', () => {
    expect(splice('[1]', [])).toBe('[1]');
    expect(splice('[1]', [{ start: 2, end: 2, text: ', 2' }])).toBe('[1, 2]');
  });
});
