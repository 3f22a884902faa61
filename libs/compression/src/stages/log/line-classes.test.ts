import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineClasses } from './line-classes.js';

const classesOf = (lines: readonly string[]): number[] => {
  const classes = new LineClasses(lines);
  return lines.map((_, index) => classes.add(index));
};

describe('classes of lines', () => {
  it('tell lines apart by all but their digits, and by zero', () => {
    expect(classesOf(['took 12 ms', 'took 90 ms', 'took 9 ms', 'took 0 ms', 'took 12 s'])).toEqual([
      0, 0, 1, 2, 3,
    ]);
  });

  it('are those of the lines with digits masked, however many there are', () => {
    const masked = (line: string): string =>
      line.replace(/\d+/g, (run) => (run === '0' ? '0' : '1'.repeat(run.length)));
    const line = fc.array(fc.constantFrom('a', 'b', ' ', '0', '1', '7', 'é'), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 400 }), (words) => {
        const lines = words.map((characters) => characters.join(''));
        const first = new Map<string, number>();
        const expected = lines.map((one) => {
          const id = first.get(masked(one)) ?? first.size;
          first.set(masked(one), id);
          return id;
        });
        expect(classesOf(lines)).toEqual(expected);
      }),
    );
  });

  it('are found again among thousands', () => {
    const lines = Array.from(
      { length: 6000 },
      (_, i) => `${String.fromCharCode(0x4e00 + (i % 3000))} ${String(i % 9)}`,
    );
    expect(Math.max(...classesOf(lines))).toBeLessThan(6000);
    expect(classesOf([...lines, ...lines]).slice(6000)).toEqual(classesOf(lines));
  });
});
