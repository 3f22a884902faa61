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

function encode(text: string): string {
  const encoded = encodeLosslessLog(text);
  if (encoded === undefined) throw new Error('It was never late.');
  return encoded;
}

/** Without the line that explains the form. */
function encodeLines(lines: readonly string[]): string[] {
  return encode(lines.join('\n')).split('\n').slice(1);
}

describe('the lossless form of logs', () => {
  it('names each template once', () => {
    const lines = Array.from(
      { length: 4 },
      (_, i) => `2024-05-01 10:00:0${String(i)} INFO worker ${String(i)}: job=${String(100 + i)} done`,
    );
    expect(encodeLines(lines)).toEqual([
      '#1 2024-05-01 10:00:<*> INFO worker <*>: job=<*> done',
      '1 00 0 100',
      ' 01 1 101',
      ' 02 2 102',
      ' 03 3 103',
    ]);
  });

  it('leaves out what repeats an earlier value of its line', () => {
    const line = (day: string, node: string): string =>
      `2024.05.${day} ${node} 2024-05-${day} RAS ${node} up`;
    expect(encodeLines([line('01', 'R2-C1'), line('12', 'R3-C7')])).toEqual([
      '#1 2024.05.<*> <*> 2024-05-<^1> RAS <^2> up',
      '1 01 R2-C1',
      ' 12 R3-C7',
    ]);
  });

  it('names long values that come again', () => {
    const ids = ['req-38101a0b-2096-447d', 'req-9bc36dd9-91c5-4314'];
    const lines = Array.from({ length: 8 }, (_, i) => `start ${ids[i % 2] ?? ''} of job ${String(i)}`);
    const encoded = encodeLines(lines);
    expect(encoded).toContain('$1 38101a0b-2096-447d');
    expect(encoded.filter((row) => row.includes('$2'))).toHaveLength(5);
  });

  it('shares the columns of templates that begin alike', () => {
    const lines = [
      '10:00:01 a start 1',
      '10:00:02 a start 2',
      '10:00:02 b other way',
      '10:00:03 b other way',
    ];
    expect(encodeLines(lines).slice(2)).toEqual(['1 01 1', ' 02 2', '2', ' 03']);
  });

  it('says a value once while it stays', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '16:13:38.811',
        '16:13:39.001',
        '^',
        '^^',
        '~',
        '$1',
        '',
        'a.^b',
        'a.^c',
        'a_9',
        'a_10',
        '1127243216',
        '1127243219',
      ),
    );
    fc.assert(
      fc.property(value, value, (here, above) => {
        expect(undittoValue(dittoValue(here, above), above)).toBe(here);
      }),
    );
    expect(dittoValue('16:13:39.001', '16:13:38.811')).toBe('^39.001');
    expect(dittoValue('1127243219', '1127243216')).toBe('^219');
    expect(dittoValue('rdd_10', 'rdd_9')).toBe('~10');
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
      '$1',
      '~',
      '^$1',
      '<^1>',
      '2024-05-01T10:00:01',
      '2024.05.01',
      '38101a0b-2096-447d-96ea',
      '38101a0b-2096-447d-96eb',
      '\t',
      '7',
      '\ud800',
    );
    const line = fc.array(word, { maxLength: 5 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const text = lines.join('\n');
        expect(decodeLosslessLog(encode(text))).toBe(text);
      }),
      { numRuns: 3000 },
    );
  });

  it.skipIf(!existsSync(DATA))(`gives back real logs (skipped without ${DATA})`, () => {
    for (const path of realLogs()) {
      const text = readFileSync(path, 'utf8');
      expect(decodeLosslessLog(encode(text)) === text, path).toBe(true);
    }
  });
});
