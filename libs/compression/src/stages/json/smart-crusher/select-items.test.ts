import { describe, expect, it } from 'vitest';
import { adaptiveSize } from './adaptive-size.js';
import { isDiverse } from './diversity.js';
import { selectItems, type Selection } from './select-items.js';

const SELECTION: Selection = {
  size: 12,
  firstFraction: 0.3,
  lastFraction: 0.15,
  keepFirst: 3,
  keepLast: 2,
  required: [],
  relevant: [],
  minRelevant: 5,
  tail: [],
  skipsTwins: true,
};
const different = Array.from({ length: 200 }, (_, i) => `w${String(i)} x${String(i * 7)} y${String(i * 13)}`);

describe('the choice of items', () => {
  it('takes three tenths from the start, three twentieths from the end and spreads the rest', () => {
    const kept = selectItems(different, SELECTION);
    expect(kept).toHaveLength(12);
    expect(kept).toEqual(expect.arrayContaining([0, 1, 2, 3, 198, 199]));
    expect(kept.filter((index) => index > 20 && index < 180).length).toBeGreaterThan(4);
  });

  it('keeps what is required beyond the size, and a few places for the query', () => {
    const required = Array.from({ length: 30 }, (_, i) => 20 + i);
    const kept = selectItems(different, { ...SELECTION, required, relevant: [150, 151, 152, 153, 154, 155] });
    expect(kept).toEqual(expect.arrayContaining([...required, 150, 151, 152, 153, 154]));
    expect(kept).not.toContain(155);
  });

  it('gives the tails of distributions half of what is free', () => {
    const kept = selectItems(different, { ...SELECTION, tail: [11, 21, 41, 51, 61] });
    expect(kept).toEqual(expect.arrayContaining([11, 21, 41]));
    expect(kept).not.toContain(51);
  });

  it('samples no item that is nearly the same as one it has', () => {
    const alike = different.map((text, i) => (i > 3 && i < 190 ? 'the same words in the same order' : text));
    const kept = selectItems(alike, SELECTION).filter((index) => index > 3 && index < 190);
    expect(kept).toHaveLength(1);
  });

  it('takes more when what it chose is too much alike', () => {
    const calm = Array.from({ length: 300 }, (_, i) =>
      i < 10 || i > 280
        ? `heartbeat ${String(i)} ok ok ok ok`
        : `${String(i * 7919)} ${(i * 104_729).toString(36)}`,
    );
    const required = [1, 2, 3, 4, 5, 6, 7, 8];
    const sized = { ...SELECTION, size: 14, required };
    expect(isDiverse(calm, [0, ...required, 299])).toBe(false);
    expect(selectItems(calm, sized).length).toBeGreaterThan(14);
    expect(isDiverse(different, [0, 1, 2, 3, 199])).toBe(true);
  });
});

describe('the adaptive size', () => {
  it('is small where items repeat and large where all are different', () => {
    const same = Array.from({ length: 100 }, () => 'the same words again');
    expect(adaptiveSize(same, 5, 15)).toBe(5);
    expect(adaptiveSize(different, 5, 15)).toBe(15);
  });
});
