import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLosslessLog, encodeLosslessLog } from './lossless-log.js';
import { dittoValue, undittoValue } from './value-ditto.js';

const DATA = join('..', 'shared', 'data');

function realLogs(): string[] {
  const folder = join(DATA, 'loghub');
  const samples = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name, `${entry.name}_2k.log`));
  const builds = join(DATA, 'build-logs');
  return [...samples, ...readdirSync(builds).map((name) => join(builds, name))];
}

describe('the lossless form of logs', () => {
  it('names each template once', () => {
    const lines = Array.from(
      { length: 4 },
      (_, i) => `2024-05-01 10:00:0${String(i)} INFO worker ${String(i)}: job=${String(100 + i)} done`,
    );
    const [, ...rest] = encodeLosslessLog(lines.join('\n')).split('\n');
    expect(rest).toEqual([
      '#1 2024-05-01 10:00:<*> INFO worker <*>: job=<*> done',
      '1 00 0 100',
      ' 01 1 101',
      ' 02 2 102',
      ' 03 3 103',
    ]);
  });

  it('says a value once while it stays', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('16:13:38.811', '16:13:39.001', '^', '^^', '', 'a.^b', 'a.^c'),
    );
    fc.assert(
      fc.property(value, value, (here, above) => {
        expect(undittoValue(dittoValue(here, above), above)).toBe(here);
      }),
    );
    expect(dittoValue('16:13:39.001', '16:13:38.811')).toBe('^39.001');
  });

  it('gives back any text', () => {
    const word = fc.constantFrom(
      'a',
      'b1',
      'x=2',
      '^',
      '<*>',
      '',
      '|',
      '#1',
      '10:00:01',
      '10:00:02',
      '\r',
      '\t',
      '7',
      '\ud800',
    );
    const line = fc.array(word, { maxLength: 5 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const text = lines.join('\n');
        expect(decodeLosslessLog(encodeLosslessLog(text))).toBe(text);
      }),
      { numRuns: 3000 },
    );
  });

  it.skipIf(!existsSync(DATA))(`gives back real logs (skipped without ${DATA})`, () => {
    for (const path of realLogs()) {
      const text = readFileSync(path, 'utf8');
      expect(decodeLosslessLog(encodeLosslessLog(text)) === text, path).toBe(true);
    }
  });
});
