import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CompressionSettings } from '#libs/compression';
import { decodeLossless } from '../../../libs/compression/src/decode-lossless.js';
import { ms, printTable } from '../table.js';
import { compressText, percentSaved, timing } from './measure.js';

const DATA = join('..', 'shared', 'data', 'search-outputs');
const LOSSLESS: CompressionSettings = { mode: 'lossless' };
const HEADER = [
  '',
  'tokens',
  'lossless',
  'exact',
  'lossy',
  'hits',
  'asked',
  'files',
  'ms p50',
  'p95',
  'MB/s',
];

/** Search results: the lossless form, and the lossy one with a question that names one hit. */
export async function benchmarkSearch(): Promise<void> {
  const rows: string[][] = [];
  const totals = { in: 0, lossless: 0, lossy: 0, share: 0, exact: 0, asked: 0, questions: 0, lossyIn: 0 };
  for (const [name, text] of samples()) {
    const lossless = await compressText(text, '', LOSSLESS);
    const isExact = decodeLossless(lossless.output) === text;
    const asked = await retention(text);
    const lossy = await compressText(text, '');
    const time = await timing(() => compressText(text, ''), 7, 2);
    totals.in += lossless.tokensIn;
    totals.lossless += lossless.tokensOut;
    totals.lossy += lossy.tokensOut;
    totals.share += 1 - lossless.tokensOut / lossless.tokensIn;
    totals.exact += isExact ? 1 : 0;
    totals.asked += asked.kept;
    totals.questions += asked.of;
    rows.push([
      name,
      String(lossless.tokensIn),
      percentSaved(lossless.tokensIn, lossless.tokensOut),
      isExact ? 'yes' : 'NO',
      percentSaved(lossy.tokensIn, lossy.tokensOut),
      keptOf(lossy.output),
      `${String(asked.kept)}/${String(asked.of)}`,
      filesNamed(text, lossy.output),
      ms(time.p50),
      ms(time.p95),
      (Buffer.byteLength(text) / 1000 / time.p50).toFixed(1),
    ]);
  }
  if (rows.length === 0) console.log(`\nSearch results: skipped, there is no ${DATA}`);
  else {
    rows.push([
      `all (mean lossless ${((100 * totals.share) / rows.length).toFixed(1)}%)`,
      String(totals.in),
      percentSaved(totals.in, totals.lossless),
      `${String(totals.exact)}/${String(rows.length)}`,
      percentSaved(totals.in, totals.lossy),
      '',
      `${String(totals.asked)}/${String(totals.questions)}`,
    ]);
    rows.push(['target', '', '≥ 25%', 'all']);
    printTable(`Search results in ${DATA}`, HEADER, rows);
  }
  await generated();
}

/** The peer's case; its text is not published, this one has as many hits and tokens. */
async function generated(): Promise<void> {
  const text = generatedHits(1500);
  const lossy = await compressText(text, 'Where is the timeout of the payment client set?');
  const time = await timing(
    () => compressText(text, 'Where is the timeout of the payment client set?'),
    15,
    5,
  );
  printTable(
    'grep, 1,500 hits',
    ['', 'tokens in', 'out', 'hits', 'ms p50', 'p95'],
    [
      [
        'here',
        String(lossy.tokensIn),
        String(lossy.tokensOut),
        keptOf(lossy.output),
        ms(time.p50),
        ms(time.p95),
      ],
      ['Headroom 0.5.18', '33860', '905', '', '173'],
      ['Headroom HEAD', '33860', '765', '', '10'],
    ],
  );
}

const NOUNS = [
  'payment',
  'order',
  'user',
  'invoice',
  'session',
  'report',
  'cart',
  'search',
  'audit',
  'email',
];
const VERBS = ['load', 'store', 'check', 'send', 'merge', 'count', 'close', 'retry'];

export function generatedHits(count: number): string {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const noun = NOUNS[Math.floor(i / 10) % NOUNS.length] ?? '';
    const verb = VERBS[(i * 7) % VERBS.length] ?? '';
    const path = `src/services/${noun}/module_${String(Math.floor(i / 10))}.py`;
    const line = 10 + (i % 10) * 37;
    const code = [
      `    result = await self.${noun}_client.${verb}_items(item_id=${String(i)})`,
      `def ${verb}_${noun}(self, request, timeout=30):`,
      `        logger.info("${verb} ${noun} %s", ${noun}_id)`,
    ][i % 3];
    lines.push(`${path}:${String(line)}:${code ?? ''}`);
  }
  return lines.join('\n');
}

function* samples(): Generator<[string, string]> {
  if (!existsSync(DATA)) return;
  for (const name of readdirSync(DATA)
    .filter((file) => file.endsWith('.txt'))
    .sort())
    yield [name, readFileSync(join(DATA, name), 'utf8')];
}

/** Asks for hits by a word that only they have; counts those that are still there, word for word. */
async function retention(text: string): Promise<{ kept: number; of: number }> {
  const lines = text.split('\n');
  const holders = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    for (const word of new Set(line.match(/\b[a-z]\w*(?:_|[a-z][A-Z])\w+/g) ?? [])) {
      const known = holders.get(word);
      if (known === undefined) holders.set(word, [index]);
      else known.push(index);
    }
  }
  const rare = [...holders].filter(([, at]) => at.length === 1).sort(([a], [b]) => (a < b ? -1 : 1));
  const chosen = rare.filter((_, index) => index % Math.ceil(rare.length / 10) === 0);
  let kept = 0;
  for (const [word, [at = 0]] of chosen) {
    const hit = /[:-]\d+[:-](.*)$/.exec(lines[at] ?? '')?.[1] ?? '';
    const { output } = await compressText(text, `How is ${word} used?`);
    if (decodeLossless(output).includes(hit)) kept++;
  }
  return { kept, of: chosen.length };
}

function keptOf(output: string): string {
  const match = /\[(\d+) matches compressed to (\d+)\./.exec(output);
  return match === null ? 'all' : `${match[2] ?? ''}/${match[1] ?? ''}`;
}

function filesNamed(text: string, output: string): string {
  const paths = new Set(text.split('\n').map((line) => /^(.+?):\d+:/.exec(line)?.[1]));
  paths.delete(undefined);
  const decoded = decodeLossless(output);
  return `${String([...paths].filter((path) => path !== undefined && decoded.includes(path)).length)}/${String(paths.size)}`;
}
