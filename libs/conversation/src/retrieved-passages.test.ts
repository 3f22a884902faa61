import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retrievedPassages } from './retrieved-passages.js';

describe('passages that were retrieved for a prompt', () => {
  it('stand between their tags', () => {
    const text =
      'Answer from <context>\nParis is in France.\n</context> and <document id="1">Rome</document>!';
    expect(retrievedPassages(text)).toEqual([
      '<context>\nParis is in France.\n</context>',
      '<document id="1">Rome</document>',
    ]);
  });

  it('are counted once where one holds another, and not at all where a tag is left open', () => {
    const nested = '<documents><document>a</document><document>b</document></documents>';
    expect(retrievedPassages(nested)).toEqual([nested]);
    expect(retrievedPassages('see <context> for a < b and <b>bold</b>')).toEqual([]);
  });

  it('are parts of any text', () => {
    const words = fc.constantFrom('<context>', '</context>', '<document x>', '</document>', 'a', '<', ' ');
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const text = parts.join('');
        for (const passage of retrievedPassages(text)) expect(text).toContain(passage);
      }),
    );
  });
});
