import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outline, type OutlineRow } from './outline.js';
import { postingsAt } from './postings.js';
import { rankByTerms, type KeywordQuery } from './rank-by-terms.js';
import type { Ranking } from './ranking.js';
import { termNumber } from './traits.js';

interface Told {
  readonly text: string;
  readonly episode?: number;
  readonly position?: number;
  readonly asked?: number;
  readonly toldAt?: number;
}

const termsOf = (text: string): string[] => text.split(' ').filter((term) => term !== '');

function rank(told: readonly Told[], question: string, periods: KeywordQuery['periods'] = []): Ranking {
  const rows = told.map(({ text, episode = 0, position = -1, asked = 0, toldAt = 0 }, seq): OutlineRow => {
    const [first = ''] = termsOf(text);
    return { seq, length: termsOf(text).length, episode, position, asked, toldAt, topic: termNumber(first) };
  });
  const outline = Outline.EMPTY.with(rows.slice(0, 3)).with(rows.slice(3));
  const terms = [...new Set(termsOf(question))];
  const postings = terms.map((term) => {
    const counts = told.map(({ text }) => termsOf(text).filter((one) => one === term).length);
    const seqs = counts.flatMap((count, seq) => (count > 0 ? [seq] : []));
    return postingsAt(
      outline,
      seqs,
      seqs.map((seq) => counts[seq] ?? 0),
    );
  });
  return rankByTerms(
    outline,
    postings.filter(({ places }) => places.length > 0),
    { terms, periods },
  );
}

const order = (ranking: Ranking, first = 100): number[] =>
  [...ranking.slices(first)].flatMap((slice) => slice.map(({ seq }) => seq));

describe('ranking by terms', () => {
  it('puts rare terms above common ones, and leaves out what matches nothing', () => {
    expect(
      order(rank([{ text: 'x tea' }, { text: 'x quokka' }, { text: 'y tea' }, { text: 'z' }], 'tea quokka')),
    ).toEqual([1, 2, 0]);
  });

  it('finds an answer by the words of the question that stands before it', () => {
    const told = [
      { text: 'so which instrument did ada learn', episode: 7 },
      { text: 'the violin', episode: 7 },
      { text: 'the violin', episode: 8 },
    ];
    expect(order(rank(told, 'instrument'))).toEqual([0, 1]);
  });

  it('takes what follows a question for its answer, the more of the memory asks', () => {
    const told = (asked: number) => [
      { text: 'filler', episode: 7 },
      { text: 'which instrument', episode: 7, asked },
      { text: 'the violin', episode: 7 },
    ];
    const scoreOf = (asked: number, seq: number): number =>
      [...rank(told(asked), 'instrument').slices(10)].flat().find((hit) => hit.seq === seq)?.score ?? 0;
    expect(scoreOf(0, 0)).toBeGreaterThan(scoreOf(0, 2));
    expect(scoreOf(1, 2)).toBeGreaterThan(scoreOf(1, 0));
    expect(scoreOf(0.5, 2)).toBeGreaterThan(scoreOf(0, 2));
    expect(scoreOf(0.5, 2)).toBeLessThan(scoreOf(1, 2));
    expect(scoreOf(1, 0)).toBe(scoreOf(0, 0));
  });

  it('takes neighbours by their position, whatever the order in which they were stored', () => {
    const told = [
      { text: 'far', episode: 7, position: 9 },
      { text: 'near', episode: 7, position: 2 },
      { text: 'filler', episode: 7, position: 3 },
      { text: 'filler', episode: 7, position: 4 },
      { text: 'tea', episode: 7, position: 1 },
    ];
    expect(order(rank(told, 'tea'))).toEqual([4, 1, 2]);
  });

  it('prefers of equal matches the one in the episode that is about the question', () => {
    const told = [
      { text: 'we met ada', episode: 1 },
      { text: 'a b', episode: 1 },
      { text: 'c d', episode: 1 },
      { text: 'e f', episode: 1 },
      { text: 'g h', episode: 1 },
      { text: 'we met ada', episode: 2 },
      { text: 'a b', episode: 2 },
      { text: 'c d', episode: 2 },
      { text: 'e f', episode: 2 },
      { text: 'wedding plans', episode: 2 },
    ];
    expect(order(rank(told, 'ada wedding')).indexOf(5)).toBeLessThan(
      order(rank(told, 'ada wedding')).indexOf(0),
    );
  });

  it('prefers what begins with a word of the question, what tells, and what was told at the time asked for', () => {
    const base = { text: 'of ada' };
    expect(order(rank([base, { text: 'ada of' }, { ...base }], 'ada'))[0]).toBe(1);
    expect(order(rank([{ ...base, asked: 1 }, base, { ...base, asked: 0.5 }], 'ada'))).toEqual([1, 2, 0]);
    const may = { year: 2023, month: 5 };
    const inMay = { ...base, toldAt: Date.UTC(2023, 4, 10) };
    expect(order(rank([inMay, base, base], 'ada', [{ from: may, to: may }]))[0]).toBe(0);
  });

  it('holds a question less against a memory that is too long to be one', () => {
    const loss = (text: string): number => {
      const scoreOf = new Map(
        [...rank([{ text }, { text, asked: 1 }], 'ada').slices(10)]
          .flat()
          .map(({ seq, score }) => [seq, score]),
      );
      return 1 - (scoreOf.get(1) ?? 0) / (scoreOf.get(0) ?? 0);
    };
    expect(loss('of ada')).toBeCloseTo(0.25, 12);
    expect(loss(`of ada ${'and what she told '.repeat(10)}`)).toBeLessThan(0.1);
  });

  const anyTold = fc.array(
    fc.record({
      text: fc
        .array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 6 })
        .map((terms) => terms.join(' ')),
      episode: fc.nat(3),
      position: fc.integer({ min: -1, max: 5 }),
      asked: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 30 },
  );

  it('gives the same order in whatever slices it is read, each match once', () => {
    fc.assert(
      fc.property(anyTold, fc.integer({ min: 1, max: 40 }), (told, first) => {
        const ranking = rank(told, 'a b c');
        const scored = [...ranking.slices(first)].flat();
        expect(scored.map(({ seq }) => seq)).toEqual(order(ranking, 1_000));
        expect(new Set(scored.map(({ seq }) => seq)).size).toBe(scored.length);
        scored.forEach(({ score }, i) => {
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(scored[i - 1]?.score ?? Number.POSITIVE_INFINITY);
        });
      }),
    );
  });

  it('holds nothing against what comes after a question', () => {
    const scores = (told: readonly Told[]): ReadonlyMap<number, number> =>
      new Map([...rank(told, 'a b').slices(100)].flat().map(({ seq, score }) => [seq, score]));
    fc.assert(
      fc.property(anyTold, fc.nat(), (told, index) => {
        fc.pre(told.length > 0);
        const asking = index % told.length;
        const asked = told.map((memory, seq) => (seq === asking ? { ...memory, asked: 1 } : memory));
        const telling = told.map((memory, seq) => (seq === asking ? { ...memory, asked: 0 } : memory));
        const before = scores(telling);
        for (const [seq, score] of scores(asked)) {
          if (seq !== asking) expect(score).toBeGreaterThanOrEqual(before.get(seq) ?? 0);
        }
      }),
    );
  });

  it('finds at least what holds a term itself', () => {
    fc.assert(
      fc.property(anyTold, (told) => {
        const found = new Set(order(rank(told, 'a')));
        told.forEach(({ text }, seq) => {
          if (termsOf(text).includes('a')) expect(found.has(seq)).toBe(true);
        });
      }),
    );
  });
});
