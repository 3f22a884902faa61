import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_JSON_DEPTH, parseJsonBody } from './json-body.js';

const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));

describe('parsing a body', () => {
  test('gives what JSON.parse gives, for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJsonBody(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('either parses or refuses any bytes with a coded error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parseJsonBody(Buffer.from(bytes));
        } catch (error) {
          expect(error).toMatchObject({ code: 'validation_error' });
        }
      }),
    );
  });

  test('refuses what is nested too deeply, counting no brackets inside strings', () => {
    expect(parseJsonBody(nested(MAX_JSON_DEPTH))).toBeDefined();
    expect(() => parseJsonBody(nested(MAX_JSON_DEPTH + 1))).toThrow('nested deeper');
    const text = JSON.stringify('[{"\\'.repeat(1000));
    expect(parseJsonBody(Buffer.from(text))).toBe('[{"\\'.repeat(1000));
  });

  test('keeps __proto__ as an own key', () => {
    const body = parseJsonBody(Buffer.from('{"__proto__":{"a":1}}')) as object;
    expect(Object.hasOwn(body, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
  });
});
