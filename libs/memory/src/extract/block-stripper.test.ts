import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryBlockStripper } from './block-stripper.js';

function strip(...chunks: string[]): { text: string; blocks: readonly string[] } {
  const stripper = new MemoryBlockStripper();
  const text = chunks.map((chunk) => stripper.push(chunk)).join('') + stripper.end();
  return { text, blocks: stripper.blocks };
}

describe('stripping memory blocks', () => {
  it.each([
    ['a block at the end, with the white space around it', 'Sure.\n\n<memory>{}</memory>\n', 'Sure.', ['{}']],
    ['a block in the middle', 'one <memory>x</memory> two', 'onetwo', ['x']],
    ['any case, and white space inside the tags', 'a<MEMORY >x</Memory\n>b', 'ab', ['x']],
    ['two blocks in a row', 'a <memory>1</memory> <memory>2</memory> b', 'ab', ['1', '2']],
    ['a block inside a code fence', '```\n<memory>x</memory>\n```', '``````', ['x']],
    ['an angle bracket inside a block', '<memory>a < b </mem</memory>', '', ['a < b </mem']],
    ['an answer that is a block alone', ' <memory>x</memory> ', '', ['x']],
  ])('takes out %s', (_, whole, text, blocks) => {
    expect(strip(whole)).toEqual({ text, blocks });
  });

  it.each([
    ['plain text', 'a < b and <b>bold</b>'],
    ['white space at both ends', '  hello \n'],
    ['words that begin like the tag', '<memoryless> and <memo> and <memory-foam>'],
    ['a closing tag alone', 'no block</memory>'],
    ['the beginning of a tag at the very end', 'a <mem'],
    ['nothing', ''],
  ])('leaves %s alone', (_, text) => {
    expect(strip(text)).toEqual({ text, blocks: [] });
  });

  it('strips a block that never ends and hands it over as malformed', () => {
    expect(strip('a <memory>{"memories":[]}')).toEqual({
      text: 'a',
      blocks: ['<memory>{"memories":[]}'],
    });
    expect(strip('a <memory').text).toBe('a');
  });

  it('passes text on as soon as it can belong to no block', () => {
    const stripper = new MemoryBlockStripper();
    expect(stripper.push('Hello ')).toBe('Hello');
    expect(stripper.push('world <')).toBe(' world');
    expect(stripper.push('mem')).toBe('');
    expect(stripper.push('o>')).toBe(' <memo>');
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '<memory>',
      '</memory>',
      '<MEMORY>',
      '<mem',
      '<',
      '/',
      '>',
      ' ',
      '\n',
      '{"a":1}',
      '<memory',
      'ory>',
    ),
    fc.string({ maxLength: 5 }),
  );
  const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));

  it('gives the same for every way of cutting the text into chunks', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 20 }), (whole, cuts) => {
        const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
        const chunks = [0, ...at].map((from, i) => whole.slice(from, at[i] ?? whole.length));
        expect(strip(...chunks)).toEqual(strip(whole));
      }),
      { numRuns: 1000 },
    );
  });

  it('never lets a byte of a block through', () => {
    const plain = fc.stringMatching(/^[a-z .]{0,20}$/);
    const secret = fc.stringMatching(/^[A-Z<{ ]{0,20}$/);
    fc.assert(
      fc.property(plain, secret, plain, fc.boolean(), (before, inside, after, ends) => {
        const whole = `${before}<memory>${inside}${ends ? '</memory>' + after : ''}`;
        const { text: out } = strip(...Array.from(whole));
        expect(out).toBe(before.trimEnd() + (ends ? after.trimStart() : ''));
      }),
    );
  });
});
