import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readListing } from './read-listing.js';

const CODE = ['def f(a):', '    if a:', '', '        return 1', '    return 2'];

describe('taking off what tools put around code', () => {
  it.each([
    ['cat -n', (line: string, number: number) => `${String(number).padStart(6)}\t${line}`],
    ['an arrow', (line: string, number: number) => `${String(number).padStart(5)}→${line}`],
    ['a colon', (line: string, number: number) => `${number}:${line}`],
    ['a colon and a space', (line: string, number: number) => `${number}: ${line}`],
    ['a bar', (line: string, number: number) => `${String(number).padStart(4)}| ${line}`],
    ['a bar between spaces', (line: string, number: number) => `${String(number).padStart(4)} | ${line}`],
  ])('reads lines numbered by %s', (_name, numbered) => {
    const lines = CODE.map((line, index) => numbered(line, index + 7));
    const { head, numbered: read, tail } = readListing(['Some view of it:', ...lines, 'bash-$'].join('\n'));
    expect(read.code.split('\n')).toEqual(CODE);
    expect(read.prefixes.map((prefix, index) => prefix + (CODE[index] ?? ''))).toEqual(lines);
    expect([head, tail]).toEqual(['Some view of it:\n', '\nbash-$']);
  });

  it('sees a line of the tool among numbered ones as no code', () => {
    const { numbered } = readListing('1:a\n2:b\n<<<<< HERE >>>>>\n3:c\n4:d\n5:e');
    expect(numbered.code).toBe('a\nb\n\nc\nd\ne');
    expect(numbered.prefixes[2]).toBe('<<<<< HERE >>>>>');
  });

  it.each([
    ['[File: a/b.py (9 lines total)]\n(2 more lines above)\n', '\n(4 more lines below)\n(Open file: a/b.py)'],
    ['<file path="a/b.py">\n', '\n</file>'],
    ['```python\n', '\n```'],
    ['==> a/b.py <==\n', ''],
    ['src/a/b.py:\n', '\n... (620 more lines not shown. Use offset=770 to continue reading)'],
  ])('leaves %j and %j outside', (head, tail) => {
    expect(readListing(head + CODE.join('\n') + tail)).toEqual({
      head,
      numbered: { code: CODE.join('\n'), prefixes: [] },
      tail,
    });
  });

  it('loses nothing of any text', () => {
    const line = fc.oneof(
      fc.nat(99).map((number) => `${number}: x`),
      fc.constantFrom('</file>', '[File: a]', '', '  y = 1'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join('\n');
        const { head, numbered, tail } = readListing(text);
        const code = numbered.code.split('\n').map((each, index) => (numbered.prefixes[index] ?? '') + each);
        expect(head + code.join('\n') + tail).toBe(text);
      }),
    );
  });
});
