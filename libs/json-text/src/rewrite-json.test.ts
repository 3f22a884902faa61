import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteJson } from './rewrite-json.js';

describe('rewriting JSON', () => {
  const sent =
    '{ "z":1.0, "a" : [ {"role":"user","content":"\\u0041","n":12345678901234567890} , {"role":"x"} ] }';
  const before = JSON.parse(sent) as { a: object[] };

  it('keeps every byte that it has no reason to change', () => {
    const after = { ...before, a: [{ ...before.a[0], content: 'B' }, before.a[1]] };
    expect(rewriteJson(sent, before, after)).toBe(sent.replace('"\\u0041"', '"B"'));
  });

  it('keeps the text of equal values that are not the same objects', () => {
    expect(rewriteJson(sent, before, structuredClone(before))).toBe(sent);
  });

  it('inserts an element without touching its neighbours', () => {
    const added = { role: 'system' };
    expect(rewriteJson(sent, before, { ...before, a: [added, ...before.a] })).toBe(
      sent.replace('[ {', '[ {"role":"system"},{'),
    );
    expect(rewriteJson(sent, before, { ...before, a: [...before.a, added] })).toBe(
      sent.replace('{"role":"x"} ]', '{"role":"x"},{"role":"system"} ]'),
    );
  });

  it('leaves elements out and keeps the text of the others', () => {
    expect(rewriteJson('[ {"n":1.0} ,{"n":2.0}, 3.0]', JSON.parse('[{"n":1},{"n":2},3]'), [3])).toBe('[3.0]');
  });

  it('means the new value, whatever the two are', () => {
    const value = fc.jsonValue({ depthSize: 'small' });
    fc.assert(
      fc.property(value, value, fc.boolean(), (first, second, indented) => {
        const text = JSON.stringify(first, null, indented ? 2 : undefined);
        const wanted: unknown = JSON.parse(JSON.stringify(second));
        expect(JSON.parse(rewriteJson(text, JSON.parse(text), wanted))).toEqual(wanted);
      }),
    );
  });

  it('means the new list, whatever was changed, left out and put in', () => {
    const message = fc.record({ role: fc.constantFrom('user', 'tool', 'system'), content: fc.string() });
    fc.assert(
      fc.property(
        fc.array(message),
        fc.array(fc.tuple(fc.nat(9), message, fc.constantFrom('put', 'drop', 'change'))),
        (list, edits) => {
          const text = JSON.stringify(list);
          const given = JSON.parse(text) as { role: string; content: string }[];
          const after = [...given];
          for (const [at, other, kind] of edits) {
            const i = at % (after.length + 1);
            if (kind === 'put') after.splice(i, 0, other);
            else if (i < after.length && kind === 'drop') after.splice(i, 1);
            else if (i < after.length) after[i] = { ...after[i]!, content: other.content };
          }
          expect(JSON.parse(rewriteJson(text, given, after))).toEqual(after);
        },
      ),
    );
  });
});
