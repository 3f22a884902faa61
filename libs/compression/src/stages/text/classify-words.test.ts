import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropWords } from './classify-words.js';
import { TokenClassifier } from './token-classifier.js';

/** Long words are needed, short ones are not. */
class ByLength extends TokenClassifier {
  override keepProbabilities(words: readonly string[]): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from(words, (word) => Math.min(1, word.length / 10)));
  }
}
const classifier = new ByLength();

describe('dropping words', () => {
  it('drops what is least needed and keeps numbers, ids, negations and headings', async () => {
    const text =
      '# The end of it all\n\nIt was on a day in May that ORD-77 did not arrive at warehouse 3.\nSo be it, they said.';
    const short = await dropWords(text, 0.2, classifier);
    expect(short).toContain('# The end of it all\n\n');
    for (const word of ['ORD-77', 'not', '3.']) expect(short).toContain(word);
    expect(short).not.toContain('they');
    expect(short.split('\n').length).toBeGreaterThan(2);
  });

  it('keeps the order of words, and no more than asked for where nothing is forced', async () => {
    const word = fc.constantFrom<string>('alpha', 'beta', 'of', 'the', 'cathedral');
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 20, maxLength: 60 }), async (words) => {
        const short = await dropWords(words.join(' '), 0.5, classifier);
        expect(short.length).toBeLessThanOrEqual(words.join(' ').length * 0.5 + 1);
        let at = 0;
        for (const each of short.split(' ').filter((kept) => kept !== '')) {
          at = words.indexOf(each, at) + 1;
          expect(at).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('takes any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect((await dropWords(text, 0.3, classifier)).length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
