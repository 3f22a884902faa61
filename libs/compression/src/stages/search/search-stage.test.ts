import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { type CompressionSettings, completeConfig } from '../../compression-config.js';
import type { StageResult } from '../stage.js';
import { decodeLosslessSearch, searchForm } from './read-lossless-search.js';
import { searchStage } from './search-stage.js';

const HASH = 'a'.repeat(24);
const results = (count: number, perFile = 10): string[] =>
  Array.from({ length: count }, (_, i) => {
    const path = `src/part_${String(Math.floor(i / perFile))}/file.ts`;
    return `${path}:${String(10 + (i % perFile) * 3)}:    call${String(i)}(value);`;
  });

describe('compressing search results', () => {
  let counter: TokenCounter;
  beforeAll(async () => {
    counter = await loadTokenCounter('gpt-4o');
  });

  async function compress(
    text: string,
    query = '',
    settings: CompressionSettings = {},
    isLate = false,
  ): Promise<StageResult> {
    return searchStage(
      { text, tokens: counter.countText(text), content: { kind: 'search', confidence: 1, reason: '' } },
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
  }

  async function told(...args: Parameters<typeof compress>): Promise<string[]> {
    const output = await compress(...args);
    return typeof output === 'string' ? [output] : output.text.split('\n');
  }

  it('loses nothing of up to 50 hits, nor in lossless mode', async () => {
    for (const [count, settings] of [[50, {}] as const, [900, { mode: 'lossless' }] as const]) {
      const text = results(count).join('\n');
      const output = await compress(text, '', settings);
      expect(output).toMatchObject({ name: 'search', isLossy: false, itemsBefore: count, itemsAfter: count });
      if (typeof output !== 'string') expect(decodeLosslessSearch(output.text)).toBe(text);
    }
  });

  it('tells what it left out, and ends with the marker', async () => {
    const lines = await told(results(1200).join('\n'));
    expect(lines.at(-1)).toMatch(
      new RegExp(`^\\[1200 matches compressed to \\d+\\. Retrieve more: hash=${HASH}\\]$`),
    );
    expect(lines.at(-2)).toMatch(
      /^… \d+ more in \d+ files: src\/part_\d+\/file\.ts \(\d+\), .* other files \(\d+\)$/,
    );
    expect(counter.countText(lines.join('\n'))).toBeLessThan(765);
  });

  it('leaves the marker away when nothing can be retrieved', async () => {
    expect((await told(results(400).join('\n'), '', { mode: 'lossy_inline' })).at(-1)).toMatch(/^…/);
  });

  it('keeps what the question names, wherever it stands', async () => {
    const hits = results(600);
    hits[333] = 'lib/odd.ts:7:  openLedger(account)';
    const lines = await told(hits.join('\n'), 'Who calls openLedger?');
    expect(lines.slice(0, 2)).toEqual(['src/part_0/file.ts', '10:    call0(value);']);
    expect(lines).toContain('7:  openLedger(account)');
  });

  it('keeps named context lines too', async () => {
    const hits = results(300).flatMap((line, i) => [
      line,
      `${line.split(':')[0] ?? ''}-${String(900 + i)}-  x`,
    ]);
    hits[201] = 'src/part_10/file.ts-1000-  const ledgerPath = 1';
    expect(await told(hits.join('\n'), 'Where is ledgerPath?')).toContain('1000-  const ledgerPath = 1');
  });

  it('keeps errors where they are few, the last hit, and something of every file', async () => {
    const hits = results(200, 20);
    hits[150] = 'src/part_7/file.ts:31:    throw new Error("no")';
    const lines = await told(hits.join('\n'));
    expect(lines).toContain('31:    throw new Error("no")');
    expect(lines).toContain('67:    call199(value);');
    for (let file = 0; file < 10; file++) expect(lines).toContain(`src/part_${String(file)}/file.ts`);
  });

  it('keeps as many hits as configured', async () => {
    const search = { maxResults: 7, preserveFileDiversity: false };
    const lines = await told(results(300).join('\n'), '', { search });
    expect(lines.at(-1)).toContain('[300 matches compressed to 7.');
    expect(lines[1]).toBe('10:    call0(value);');
  });

  it('cuts lines without end, and says of binary files that they matched', async () => {
    const hits = results(300);
    hits[0] = `dist/app.min.js:1:${'x'.repeat(100_000)}`;
    const lines = await told([...hits, 'Binary file logo.png matches'].join('\n'));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(600);
    expect(lines).toContain('Binary file logo.png matches');
  });

  it('gives up when it is late, and where there is nothing to find', async () => {
    expect(await compress(results(300).join('\n'), '', {}, true)).toBe('deadline');
    expect(await compress('no hits\n'.repeat(300))).toBe('not_compressible');
  });

  it.each([
    ['one character', 'x'.repeat(1_000_000)],
    ['separators', ':1'.repeat(500_000)],
    ['dashes', '-1-'.repeat(300_000)],
    ['one long hit', `a.ts:1:${'y '.repeat(500_000)}`],
  ])('takes a megabyte of %s', async (_, text) => {
    expect(['not_compressible', 'not_smaller']).toContain(await compress(text));
  });

  it('never makes anything larger, and says the same twice', async () => {
    const path = fc.constantFrom('a.ts', 'src/b.ts', 'src/c d.ts', 'C:\\x.ts');
    const line = fc.oneof(
      fc.tuple(path, fc.nat(2000), fc.string()).map(([p, n, t]) => `${p}:${String(n)}:${t}`),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 120 }), fc.string(), async (lines, query) => {
        const text = lines.join('\n');
        const output = await compress(text, query);
        expect(await compress(text, query)).toEqual(output);
        if (typeof output === 'string') return;
        expect(counter.countText(output.text)).toBe(output.tokens);
        expect(output.tokens).toBeLessThan(counter.countText(text));
        if (!output.isLossy) {
          expect(decodeLosslessSearch(output.text)).toBe(text);
          expect(searchForm.isWritten(output.text)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
