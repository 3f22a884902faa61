import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CompressionSettings } from '#libs/compression';
import { decodeLossless } from '../../../libs/compression/src/decode-lossless.js';
import { loadTokenCounter } from '#libs/tokens';
import { ms, printTable } from '../table.js';
import { MODEL, compressText, percentSaved, timing } from './measure.js';

const DATA = join('..', 'shared', 'data', 'diffs');
const LOSSLESS: CompressionSettings = { mode: 'lossless' };
const HEADER = [
  '',
  'tokens',
  'lossless',
  'exact',
  'default',
  'is lossy',
  '+/- kept',
  'ms p50',
  'p95',
  'MB/s',
];

/** Diffs: the lossless form, and what the default mode makes of them. */
export async function benchmarkDiffs(): Promise<void> {
  const rows: string[][] = [];
  const totals = { in: 0, lossless: 0, out: 0, losslessShare: 0, share: 0, exact: 0, kept: 0 };
  for (const [name, text] of samples()) {
    const lossless = await compressText(text, '', LOSSLESS);
    const isExact = decodeLossless(lossless.output) === text;
    const { output, tokensIn, tokensOut } = await compressText(text);
    const time = await timing(() => compressText(text), 7, 2);
    const isLossy = output.includes('Retrieve full diff');
    const changes = changesOf(text);
    const kept = changesOf(isLossy ? output : decodeLossless(output));
    totals.in += tokensIn;
    totals.lossless += lossless.tokensOut;
    totals.out += tokensOut;
    totals.losslessShare += 1 - lossless.tokensOut / tokensIn;
    totals.share += 1 - tokensOut / tokensIn;
    totals.exact += isExact ? 1 : 0;
    totals.kept += kept.join('\n') === changes.join('\n') ? 1 : 0;
    rows.push([
      name,
      String(tokensIn),
      percentSaved(tokensIn, lossless.tokensOut),
      isExact ? 'yes' : 'NO',
      percentSaved(tokensIn, tokensOut),
      isLossy ? 'yes' : '',
      `${String(kept.length)}/${String(changes.length)}`,
      ms(time.p50),
      ms(time.p95),
      (Buffer.byteLength(text) / 1000 / time.p50).toFixed(1),
    ]);
  }
  if (rows.length === 0) console.log(`\nDiffs: skipped, there is no ${DATA}`);
  else {
    const mean = (share: number): string => `${((100 * share) / rows.length).toFixed(1)}%`;
    const files = String(rows.length);
    rows.push(
      [
        'mean of files',
        '',
        mean(totals.losslessShare),
        `${String(totals.exact)}/${files}`,
        mean(totals.share),
        '',
        `${String(totals.kept)}/${files} files`,
      ],
      [
        'all',
        String(totals.in),
        percentSaved(totals.in, totals.lossless),
        '',
        percentSaved(totals.in, totals.out),
      ],
      ['target', '', '≥ 5.7%', 'all', '≥ 20%', '', 'all'],
    );
    printTable(`Diffs in ${DATA}`, HEADER, rows);
  }
  await generated();
}

/** The peer's case; its text is not published, this one has as many files, hunks and tokens. */
async function generated(): Promise<void> {
  const text = generatedDiff(30, 15);
  const { output, tokensIn, tokensOut } = await compressText(text);
  const changes = changesOf(text);
  const counter = await loadTokenCounter(MODEL);
  // A letter more each time: what was counted before is remembered.
  let salt = text;
  const counting = await timing(() => Promise.resolve(counter.countText((salt += 'x'))), 9, 3);
  const time = await timing(() => compressText(text), 15, 5);
  let cold = text;
  const whole = await timing(() => compressText((cold += '\n ')), 9, 3);
  printTable(
    'Diff, 30 files × 15 hunks (ms without counting the input; all; counting alone)',
    ['', 'tokens in', 'out', '+/- kept', 'ms p50', 'cold p50', 'counting'],
    [
      [
        'here',
        String(tokensIn),
        String(tokensOut),
        `${String(changesOf(output).length)}/${String(changes.length)}`,
        ms(time.p50),
        ms(whole.p50),
        ms(counting.p50),
      ],
      [
        'changed lines alone',
        '',
        String(counter.countText(changes.join('\n'))),
        `${String(changes.length)}/${String(changes.length)}`,
      ],
      ['Headroom 0.5.18', '101504', '17610', 'drops hunks', '39'],
      ['Headroom HEAD', '101504', '17610', 'drops hunks', '6'],
    ],
  );
}

export function generatedDiff(files: number, hunks: number): string {
  const lines: string[] = [];
  for (let file = 0; file < files; file++) {
    const path = `src/services/module_${String(file)}/handler.py`;
    lines.push(
      `diff --git a/${path} b/${path}`,
      `index ${(0xabc1234 + file).toString(16)}..${(0xdef5678 + file).toString(16)} 100644`,
    );
    lines.push(`--- a/${path}`, `+++ b/${path}`);
    for (let hunk = 0; hunk < hunks; hunk++) {
      const start = String(hunk * 50 + 10);
      lines.push(
        `@@ -${start},13 +${start},13 @@ def process_${String(file)}_${String(hunk)}(self, request):`,
      );
      const context = (line: number): string =>
        `     value_${String(line)} = self.compute(request.items[${String(line)}], scale=${String(hunk)})`;
      for (let line = 0; line < 5; line++) lines.push(context(line));
      lines.push(`-    result = old_helper(value_${String(hunk)}, flag=True)`, '-    return result');
      lines.push(`+    result = new_helper(value_${String(hunk)}, flag=False)`, '+    return result.copy()');
      for (let line = 5; line < 11; line++) lines.push(context(line));
    }
  }
  return lines.join('\n');
}

function* samples(): Generator<[string, string]> {
  if (!existsSync(DATA)) return;
  for (const name of readdirSync(DATA)
    .filter((file) => file.endsWith('.diff'))
    .sort())
    yield [name, readFileSync(join(DATA, name), 'utf8')];
}

function changesOf(text: string): string[] {
  return text.split('\n').filter((line) => /^[+-]/.test(line));
}
