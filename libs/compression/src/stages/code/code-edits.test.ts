import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, countBlanks, orderedEdits, weightAfter } from './code-edits.js';

const plain = (code: string) => ({ code, prefixes: [] });
const edit = fc
  .record({ start: fc.nat(60), length: fc.nat(20), text: fc.constantFrom('', '\n  // ...', '/* a */') })
  .map(({ start, length, text }) => ({ start, end: start + length, text }));

describe('editing code', () => {
  it('puts texts in the place of parts and tells where they begin', () => {
    const edits = [
      { start: 1, end: 3, text: '...' },
      { start: 4, end: 5, text: '' },
    ];
    expect(applyEdits(plain('abcdef'), edits)).toEqual({ text: 'a...df', code: 'a...df', offsets: [1, 5] });
  });

  it('leaves edits out that begin inside of another; what only goes is shortened', () => {
    const first = { start: 0, end: 4, text: 'x' };
    const edits = [{ start: 2, end: 6, text: '' }, first, { start: 3, end: 9, text: 'y' }];
    expect(orderedEdits(edits)).toEqual([first, { start: 4, end: 6, text: '' }]);
  });

  it('keeps the numbers of the lines it keeps', () => {
    const numbered = { code: 'a\nb\nc\n\nd', prefixes: ['1 ', '2 ', '3 ', '4 ', '5 '] };
    expect(applyEdits(numbered, [{ start: 1, end: 3, text: '\n--' }]).text).toBe('1 a\n--\n3 c\n4 \n5 d');
    expect(applyEdits(numbered, [{ start: 0, end: 2, text: '' }]).text).toBe('2 b\n3 c\n4 \n5 d');
    expect(applyEdits(numbered, [{ start: 2, end: 3, text: 'B' }]).text).toBe('1 a\n2 B\n3 c\n4 \n5 d');
  });

  it('gives the same text with and without numbers, as heavy as foretold', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), (found) => {
        const code = 'ab c\n'.repeat(16);
        const edits = orderedEdits(found);
        const bare = applyEdits(plain(code), edits);
        const numbered = applyEdits({ code, prefixes: code.split('\n').map(() => '#') }, edits);
        expect(numbered.text.replaceAll('#', '')).toBe(bare.text);
        expect(bare.text).toBe(bare.code);
        const blanks = (text: string): number => text.replace(/\s/g, '').length;
        const inserted = edits.reduce((sum, { text }) => sum + text.trim().length - blanks(text), 0);
        expect(weightAfter(countBlanks(code), code.length, edits)).toBe(blanks(bare.text) + inserted);
      }),
    );
  });
});
