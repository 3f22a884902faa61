import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isToldOf } from './periods.js';
import { readPeriods } from './read-periods.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');

describe('the dates of a question', () => {
  const toldOn = async (question: string, day: string): Promise<boolean> => {
    const periods = await readPeriods(question, NOW);
    return periods.some((period) => isToldOf(period, Date.parse(`${day}T10:00:00.000Z`)));
  };

  it.each([
    ['What did Ada do in May 2023?', '2023-05-01', '2023-05-31', '2023-06-20'],
    ['What did Ada cook on 18 August, 2023?', '2023-08-18', '2023-08-20', '2023-08-28'],
    ['Who came on Aug 15th?', '2024-08-15', '2021-08-17', '2023-09-15'],
    ['Where was Ada between August 11 and August 15 2023?', '2023-08-12', '2023-08-16', '2023-08-30'],
    ['What did I do yesterday?', '2026-11-21', '2026-11-22', '2026-11-02'],
    ['How was Christmas, December 31?', '2023-12-31', '2024-01-02', '2024-02-01'],
    ['What did I bake in the past two weeks?', '2026-11-09', '2026-11-20', '2026-11-02'],
    ['What did I buy in the last few months?', '2026-09-20', '2026-11-20', '2026-07-20'],
    ['What did I read over the past month?', '2026-10-24', '2026-11-20', '2026-09-20'],
    ['What did I read last month?', '2026-10-02', '2026-10-30', '2026-11-20'],
    ['What did I do two weeks ago?', '2026-11-08', '2026-11-10', '2026-11-20'],
  ])('%s', async (question, day, otherDay, wrongDay) => {
    expect(await toldOn(question, day)).toBe(true);
    expect(await toldOn(question, otherDay)).toBe(true);
    expect(await toldOn(question, wrongDay)).toBe(false);
  });

  it.each(['Who may help?', 'What is the 3rd rule?', 'Which year was it, 2023?', 'ls -la /2024/05'])(
    'are none in %j',
    async (question) => {
      expect(await readPeriods(question, NOW)).toEqual([]);
    },
  );

  it('are read from any text without a fault', async () => {
    const words = fc.constantFrom(
      'May',
      '31',
      'February',
      '2023',
      'last',
      'week',
      '99',
      '-',
      'between',
      '\u0000',
      '٣',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(words).map((some) => some.join(' ')),
        ),
        async (text) => {
          for (const period of await readPeriods(text, NOW)) {
            expect(typeof isToldOf(period, NOW.getTime())).toBe('boolean');
          }
        },
      ),
    );
  });
});
