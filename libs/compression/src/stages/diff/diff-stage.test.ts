import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { type CompressionSettings, completeConfig } from '../../compression-config.js';
import type { StageResult } from '../stage.js';
import { diffStage } from './diff-stage.js';
import { decodeLosslessDiff, diffForm } from './lossless-diff.js';

const HASH = 'a'.repeat(24);

function fileDiff(file: number, hunks: number, note = ''): string[] {
  const path = `src/part_${String(file)}/module.ts`;
  const lines = [
    `diff --git a/${path} b/${path}`,
    'index 1a2b3c4..5d6e7f8 100644',
    `--- a/${path}`,
    `+++ b/${path}`,
  ];
  for (let hunk = 0; hunk < hunks; hunk++) {
    const context = (name: string): string => ` const ${name}${String(hunk)} = load${note}("${name}");`;
    lines.push(`@@ -${String(hunk * 40 + 1)},7 +${String(hunk * 40 + 1)},7 @@ export class Module {`);
    lines.push(context('alpha'), context('beta'), context('gamma'));
    lines.push(`-old${String(hunk)}`, `+new${String(hunk)}`);
    lines.push(context('delta'), context('epsilon'), context('zeta'));
  }
  return lines;
}

const changesOf = (text: string): string[] => text.split('\n').filter((line) => /^[+-]/.test(line));

describe('compressing diffs', () => {
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
    return diffStage(
      { text, tokens: counter.countText(text), content: { kind: 'diff', confidence: 1, reason: '' } },
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

  async function told(...args: Parameters<typeof compress>): Promise<string> {
    const output = await compress(...args);
    return typeof output === 'string' ? output : output.text;
  }

  it('keeps every change, less context, and ends with the marker', async () => {
    const text = `${fileDiff(1, 20).join('\n')}\n`;
    const output = await told(text);
    expect(changesOf(output)).toEqual(changesOf(text));
    expect(output).toContain(' const gamma3 = load("gamma");');
    expect(output).not.toContain('alpha3');
    expect(output.split('\n').at(-1)).toMatch(
      new RegExp(`^\\[184 lines compressed to \\d+\\. Retrieve full diff: hash=${HASH}\\]$`),
    );
  });

  it('loses nothing in lossless mode, and sets no marker where nothing is stored', async () => {
    const text = fileDiff(1, 20).join('\n');
    expect(decodeLosslessDiff(await told(text, '', { mode: 'lossless' }))).toBe(text);
    expect(await told(text, '', { mode: 'lossy_inline' })).not.toContain('hash=');
  });

  it('tells a huge diff by its changes, but keeps the context of what was asked for', async () => {
    const text = [...Array.from({ length: 30 }, (_, file) => fileDiff(file, 15)), fileDiff(99, 2, 'Ledger')]
      .flat()
      .join('\n');
    const output = await told(text, 'What became of loadLedger?');
    expect(changesOf(output)).toEqual(changesOf(text));
    expect(output).not.toContain('load("gamma")');
    expect(output).toContain(' const alpha1 = loadLedger("alpha");');
    expect(counter.countText(output)).toBeLessThan(counter.countText(text) * 0.4);
  });

  it.each([
    ['a list', '- one\n- two\n+ three\n'.repeat(100)],
    ['prose', 'Press +++ to add.\n--- and so on\n+++ or not\n'.repeat(100)],
  ])('takes %s for no diff', async (_, text) => {
    expect(await compress(text)).toBe('not_compressible');
  });

  it('gives up when it is late', async () => {
    expect(await compress(fileDiff(1, 20).join('\n'), '', {}, true)).toBe('deadline');
  });

  it.each([
    ['headers', '@@ -1,9 +1,9 @@\n'.repeat(60_000)],
    ['openings', 'diff --git a/x b/x\n'.repeat(50_000)],
    ['a header without end', `diff --git a/x b/x\n${'y\n'.repeat(500_000)}`],
    ['a hunk without end', `@@ -1,999999999 +1,999999999 @@\n${' x\n'.repeat(300_000)}`],
    ['one long line', `--- a/x\n+++ b/x\n@@ -1 +1 @@\n-${'y '.repeat(400_000)}\n+z`],
  ])('takes a megabyte of %s', async (_, text) => {
    await expect(compress(text)).resolves.toBeDefined();
  });

  it('never makes anything larger, and says the same twice', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.tuple(fc.constantFrom('+', '-', ' '), fc.string()).map((parts) => parts.join('')),
      fc.tuple(fc.nat(4), fc.nat(4)).map(([a, b]) => `@@ -7,${String(a)} +7,${String(b)} @@ in a function`),
      fc.constantFrom('diff --git a/x b/x', 'index 1a2b3c4d..3c4d5e6f 100644', '--- a/x', '+++ b/x'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 80 }), fc.string(), async (lines, query) => {
        const text = lines.join('\n');
        const output = await compress(text, query);
        expect(await compress(text, query)).toEqual(output);
        if (typeof output === 'string') return;
        expect(counter.countText(output.text)).toBe(output.tokens);
        expect(output.tokens).toBeLessThan(counter.countText(text));
        if (output.isLossy) expect(changesOf(output.text)).toEqual(changesOf(text));
        else {
          expect(decodeLosslessDiff(output.text)).toBe(text);
          expect(diffForm.isWritten(output.text)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
