import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { type CompressionSettings, completeConfig } from '../../compression-config.js';
import type { StageResult } from '../stage.js';
import { logStage } from './log-stage.js';
import { logForm } from './lossless-log.js';

const HASH = 'a'.repeat(24);

const requests = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, i) =>
      `2024-05-01 10:00:${String(10 + (i % 50))} INFO handled request ${String(i * 7)} in ${String(i % 9)} ms`,
  );

describe('compressing logs', () => {
  let counter: TokenCounter;
  beforeAll(async () => {
    counter = await loadTokenCounter('gpt-4o');
  });

  function compress(
    text: string,
    settings: CompressionSettings = {},
    { query = '', isLate = false } = {},
  ): StageResult {
    const result = logStage(
      { text, tokens: counter.countText(text), content: { kind: 'log', confidence: 1, reason: '' } },
      {
        counter,
        config: completeConfig(settings),
        tools: {},
        query,
        originalHash: HASH,
        isLate: () => isLate,
        route: () => Promise.resolve('not_compressible'),
      },
    );
    if (result instanceof Promise) throw new Error('Logs are compressed at once.');
    return result;
  }

  const told = (...args: Parameters<typeof compress>): string[] => {
    const output = compress(...args);
    return typeof output === 'string' ? [output] : output.text.split('\n');
  };

  it('ends what it dropped lines from with the marker', () => {
    const lines = told(requests(300).join('\n'));
    expect(lines.at(-1)).toMatch(/^\[300 lines compressed to \d+\. Retrieve more: hash=a{24}\]$/);
  });

  it('drops without a marker where markers are off, and never where losses are', () => {
    const text = requests(300).join('\n');
    expect(told(text, { mode: 'lossy_inline' }).join('\n')).not.toContain('hash=');
    const lossless = compress(text, { mode: 'lossless' });
    if (typeof lossless === 'string') throw new Error(lossless);
    expect(lossless.isLossy).toBe(false);
    expect(logForm.decode(lossless.text)).toBe(text);
  });

  it('keeps the lines that the question names', () => {
    const lines = requests(300);
    expect(told(lines.join('\n'), {}, { query: 'What became of request 1050?' })).toContain(lines[150]);
  });

  it('gives up when it is late', () => {
    expect(compress(requests(300).join('\n'), {}, { isLate: true })).toBe('deadline');
  });

  it('tells colours and what was written over as a terminal shows them', () => {
    const bar = Array.from({ length: 90 }, (_, i) => `\r[${'='.repeat(i)}] ${String(i)}%`).join('');
    const lines = told(`${bar}\nnpm \u001b[31mERR!\u001b[0m code 1\r\n`);
    expect(lines).toContain('npm ERR! code 1');
    expect(lines).toContain(`[${'='.repeat(89)}] 89%`);
    expect(lines.join('')).not.toContain('[=]');
  });

  it.each([
    ['one character', 'a'.repeat(1_000_000)],
    ['one long line', `2024-05-01 10:00:00 INFO ${'abc '.repeat(500_000)}`],
    ['NUL bytes', requests(90).join('\u0000\n')],
    ['a lone surrogate', requests(90).join('\ud800\n')],
    ['mixed line ends', requests(90).join('\r\n').replaceAll('7\r\n', '7\n')],
    ['long rules', Array.from({ length: 90 }, (_, i) => '-='.repeat(400) + String(i)).join('\n')],
    [
      'wide blanks',
      Array.from({ length: 90 }, (_, i) => `error ${' '.repeat(900)}^~ ${String(i)}`).join('\n'),
    ],
    ['endless goroutines', 'goroutine 1 [running]:\nmain.f()\n\n'.repeat(9000)],
  ])('survives %s', (_, text) => {
    const output = compress(text);
    if (typeof output !== 'string') expect(output.tokens).toBeLessThan(counter.countText(text));
    const lossless = compress(text, { mode: 'lossless' });
    if (typeof lossless !== 'string') expect(logForm.decode(lossless.text) === text).toBe(true);
  });

  it('never fails, never grows, and says the same again', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        'ERROR',
        'at f (a.js:1:2)',
        '    ^~~',
        'Traceback (most recent call last):',
        '\u001b[31m',
        '\r',
      ),
      fc.constantFrom(
        '2024-05-01 10:00:00',
        'panic: x',
        '=== FAILURES ===',
        '____ x ____',
        'PASSED',
        '<*>',
        '  ',
      ),
    );
    const line = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 120 }), (lines) => {
        const text = lines.join('\n');
        const output = compress(text);
        expect(compress(text)).toEqual(output);
        if (typeof output !== 'string') expect(output.tokens).toBeLessThan(counter.countText(text));
      }),
      { numRuns: 150 },
    );
  });
});
