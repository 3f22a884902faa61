import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bm25Index, Bm25Scorer } from './index.js';

describe('Bm25Index', () => {
  it('follows the formula', () => {
    const scores = new Bm25Index([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
    ]).scores(['a']);
    // N = 3, n = 1, all of average length: idf × (k1 + 1) × 1 / (1 + k1) = idf.
    expect(scores[0]).toBeCloseTo(Math.log(1 + 2.5 / 1.5), 12);
    expect([...scores.slice(1)]).toEqual([0, 0]);
  });

  it('ranks rarer terms, more occurrences and shorter documents higher', () => {
    const index = new Bm25Index([
      ['rare'],
      ['common'],
      ['common'],
      ['common', 'common'],
      ['common', 'x', 'y', 'z'],
    ]);
    const [rare, common, , twice, long] = index.scores(['rare', 'common']);
    expect(rare).toBeGreaterThan(common!);
    expect(twice).toBeGreaterThan(index.scores(['common'])[4]!);
    expect(common).toBeGreaterThan(long!);
  });

  it('scores nothing without documents, and 0 without a match', () => {
    expect(new Bm25Index([]).scores(['a'])).toHaveLength(0);
    expect([...new Bm25Index([[], ['a']]).scores(['b'])]).toEqual([0, 0]);
  });

  it('gives finite scores that are positive exactly where a term matches, whatever the terms', () => {
    const term = fc.constantFrom('a', 'b', 'constructor', '__proto__', 'toString');
    fc.assert(
      fc.property(fc.array(fc.array(term)), fc.array(term), (documents, query) => {
        const scores = new Bm25Index(documents).scores(query);
        documents.forEach((terms, i) => {
          expect(Number.isFinite(scores[i])).toBe(true);
          expect(scores[i]! > 0).toBe(terms.some((each) => query.includes(each)));
        });
        expect(new Bm25Index(documents).scores([...query, ...query])).toEqual(scores);
      }),
    );
  });
});

describe('Bm25Scorer', () => {
  const texts = [
    'payment failed for Acme',
    'user logged in',
    'user logged out',
    'payment succeeded for Zeta',
  ];

  it('gives a full match nearly one, half a match about half, no match nothing', () => {
    const [full, none, , half] = new Bm25Scorer(texts).score('failed payments');
    expect(full).toBeGreaterThan(0.8);
    expect(half).toBeGreaterThan(0.2);
    expect(half).toBeLessThan(full!);
    expect(none).toBe(0);
  });

  it('does not let what stands in every text make a text relevant', () => {
    const scores = new Bm25Scorer(Array.from({ length: 50 }, (_, i) => `status ok ${i}`)).score('status');
    expect(Math.max(...scores)).toBeLessThan(0.3);
  });

  it('stays between 0 and 1 for any texts and query', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (documents, query) => {
        for (const score of new Bm25Scorer(documents).score(query)) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
