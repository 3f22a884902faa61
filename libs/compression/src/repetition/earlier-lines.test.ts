import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EarlierLines } from './earlier-lines.js';

const line = fc.constantFrom(...['a', 'b', 'c'].map((letter) => letter.repeat(50)));
const text = fc.array(line, { maxLength: 40 });

describe('runs of lines that stood before', () => {
  it('stand there line for line, one after the other', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), text, (earlier, later) => {
        const lines = new EarlierLines();
        for (const [i, each] of earlier.entries()) lines.add(each.join('\n'), { name: 'x', index: i });
        let last = 0;
        for (const { start, end, place } of lines.runsIn(later)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end - start).toBeGreaterThanOrEqual(6);
          expect(`\n${earlier[place.index]?.join('\n') ?? ''}\n`).toContain(
            `\n${later.slice(start, end).join('\n')}\n`,
          );
          last = end;
        }
      }),
    );
  });

  it('are found in linear time, however often lines repeat', () => {
    const lines = new EarlierLines();
    lines.add('the same line again and again\n'.repeat(100_000), { name: 'x', index: 0 });
    const [run] = lines.runsIn(Array.from({ length: 100_000 }, () => 'the same line again and again'));
    expect(run).toMatchObject({ start: 0, end: 100_000 });
  });
});
