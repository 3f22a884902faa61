import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonTree, stringOfLiteral, writeJsonTree, writtenJsonLength } from './tree.js';

const DATA = join('..', 'shared', 'data', 'json-responses');

function minified(text: string): string | undefined {
  const tree = parseJsonTree(text);
  return tree === undefined ? undefined : writeJsonTree(tree);
}

function accepts(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a JSON document tree', () => {
  it('keeps every literal as it was written', () => {
    const text = String.raw`{"n":[1.0,1e21,12345678901234567890,-0,1E+5],"\u0061":"\ud800\/é","2":1,"1":2,"__proto__":{},"a":1,"a":2}`;
    expect(minified(text)).toBe(text);
  });

  it('drops white space outside strings and nothing else', () => {
    expect(minified(' {\r\n\t"a b" : [ 1 ,\n2 ] , "c" : " d " } ')).toBe('{"a b":[1,2],"c":" d "}');
  });

  it('writes compact JSON as it was', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(minified(text)).toBe(text);
      }),
    );
  });

  it('knows the length of what it writes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const tree = parseJsonTree(text);
        expect(tree && writtenJsonLength(tree)).toBe(text.length);
      }),
    );
  });

  it('accepts exactly what JSON.parse accepts', () => {
    const soup = fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"a"',
          '"',
          '1',
          '-',
          '01',
          '1.',
          'e5',
          'true',
          'nul',
          ' ',
          '\\u00',
          '\u0001',
          '\ud800',
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(soup, (text) => {
        expect(parseJsonTree(text) !== undefined).toBe(accepts(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads nesting that is 100,000 deep', () => {
    const text = `${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`;
    expect(minified(text)).toBe(text);
  });

  it('reads the value of a literal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(stringOfLiteral(JSON.stringify(value))).toBe(value);
      }),
    );
  });

  it.skipIf(!existsSync(DATA))(`reads real responses (skipped without ${DATA})`, () => {
    for (const name of readdirSync(DATA).filter((file) => file.endsWith('.json'))) {
      const text = readFileSync(join(DATA, name), 'utf8');
      expect(JSON.parse(minified(text) ?? '')).toEqual(JSON.parse(text));
    }
  });
});
