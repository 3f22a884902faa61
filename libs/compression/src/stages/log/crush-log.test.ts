import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasErrorWord } from '../../error-words.js';
import { crushLog } from './crush-log.js';
import { findTemplates } from './find-templates.js';

const LOGHUB = join('..', 'shared', 'data', 'loghub');

function crush(lines: readonly string[]): string[] {
  return crushLog(lines, findTemplates(lines), { relevant: new Set(), keepsEvents: true }).text.split('\n');
}

const noise = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `INFO handled request ${String(i)} in ${String(i % 7)} ms`);

describe('telling a long log once', () => {
  it('tells plain lines by their template with its count', () => {
    expect(crush(['start', 'a', 'b', ...noise(80), 'x', 'y', 'end'])).toContain(
      'INFO handled request <*> in <*> ms (×80)',
    );
  });

  it('keeps the first line of every error pattern with its count', () => {
    const errors = Array.from({ length: 9 }, (_, i) => `ERROR disk ${String(i)} is full`);
    const told = crush([...noise(40), ...errors, 'ERROR no route to host', ...noise(40)]);
    expect(told).toContain('ERROR disk 0 is full (×9)');
    expect(told).toContain('ERROR no route to host');
  });

  it.each([
    [
      'Python',
      ['Traceback (most recent call last):', '  File "a.py", line 3, in f', '    g()', 'ValueError: no'],
    ],
    [
      'Java',
      [
        'java.lang.IllegalStateException: no',
        '\tat a.B.c(B.java:3)',
        '\tat a.B.d(B.java:9)',
        'Caused by: java.io.IOException: x',
        '\t... 3 more',
      ],
    ],
    ['Node', ['TypeError: no', '    at f (/a/b.js:3:4)', '    at g (/a/b.js:9:1)']],
  ])('keeps a stack trace of %s whole', (_, trace) => {
    expect(crush([...noise(40), ...trace, ...noise(40)]).join('\n')).toContain(trace.join('\n'));
  });

  it('tells the same trace once', () => {
    const trace = ['Traceback (most recent call last):', '  File "a.py", line 3, in f', 'ValueError: no'];
    const told = crush([...noise(20), ...trace, ...noise(20), ...trace, ...noise(20)]);
    expect(told.filter((line) => line.startsWith('Traceback'))).toEqual([
      'Traceback (most recent call last): (×2)',
    ]);
    expect(told.filter((line) => line === 'ValueError: no')).toHaveLength(1);
  });

  it.skipIf(!existsSync(LOGHUB))(
    `tells every error line's pattern of real logs (skipped without ${LOGHUB})`,
    () => {
      for (const name of ['Android', 'BGL', 'HPC', 'Mac', 'OpenStack', 'Spark', 'Windows', 'HealthApp']) {
        const lines = readFileSync(join(LOGHUB, name, `${name}_2k.log`), 'utf8').split('\n');
        const told = new Set(
          crush(lines).map((line) => line.replace(/ \(×\d+\)$/, '').replace(/\S*\d\S*/g, '0')),
        );
        const wanted = lines.filter(hasErrorWord).map((line) => line.replace(/\S*\d\S*/g, '0'));
        const missing = new Set(wanted.filter((line) => !told.has(line)));
        // Lines that say "0 errors" and the like are no errors; hardly any others may be told by their template alone.
        expect(missing.size, name).toBeLessThanOrEqual(new Set(wanted).size * 0.05);
      }
    },
  );
});
