import { describe, expect, it } from 'vitest';
import { SEARCH, compress, contentOf, toolResult } from '../../../test/support/tool-results.js';

describe('input that is made to hurt', () => {
  const nasty: readonly (readonly [string, string])[] = [
    ['a megabyte of one letter', 'x'.repeat(1_000_000)],
    ['a megabyte without a space', 'ab1,'.repeat(250_000)],
    ['one log line of a megabyte', `2024-05-01 10:00:00 ERROR ${'failed '.repeat(150_000)}`],
    ['nesting 10,000 deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['objects nested 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['100,000 numbers', JSON.stringify(Array.from({ length: 100_000 }, (_, i) => i))],
    ['100,000 objects', JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ i })))],
    [
      'keys that are traps',
      `[${Array.from({ length: 100 }, (_, i) => `{"__proto__":{"x":${String(i)}},"constructor":1,"toString":"long enough to count"}`).join(',')}]`,
    ],
    [
      'lone surrogates and NUL bytes',
      JSON.stringify(Array.from({ length: 200 }, (_, i) => `\ud800\u0000 ${String(i)} \udfff`)),
    ],
    [
      'raw lone surrogates',
      Array.from({ length: 200 }, (_, i) => `10:00:00 INFO \ud800 ${String(i)} \u0000\r`).join('\n'),
    ],
    ['malformed JSON', SEARCH.slice(0, -2)],
    ['malformed HTML', '<html><body>'.repeat(5000)],
    ['malformed diff', `diff --git a b\n${'@@ -1 +1 @@\n'.repeat(5000)}`],
    ['line ends of all kinds', 'INFO a\r\nINFO b\rINFO c\n'.repeat(500)],
    ['brackets that never close', '['.repeat(100_000)],
    [
      'keys of one object, 50,000',
      `{${Array.from({ length: 50_000 }, (_, i) => `"k${String(i)}":{"v":${String(i)}}`).join(',')}}`,
    ],
  ];

  it.each(nasty)('survives %s', async (_, text) => {
    for (const mode of ['ccr', 'lossless'] as const) {
      const outcome = await compress([{ role: 'user', content: 'k7 failed?' }, toolResult(text)], { mode });
      const report = outcome.reports[1];
      expect(report?.reason).not.toBe('failed');
      expect(report?.tokensAfter).toBeLessThanOrEqual(report?.tokensBefore ?? 0);
      const content = contentOf(outcome);
      if (report?.contentType === 'json')
        expect(() => {
          JSON.parse(content);
        }).not.toThrow();
      if (outcome.changed[1]) expect(outcome.originals[0]?.content).toBe(text);
    }
  });
});
