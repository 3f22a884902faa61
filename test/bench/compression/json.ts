import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CompressionSettings } from '#libs/compression';
import { decodeLossless } from '../../../libs/compression/src/decode-lossless.js';
import { parseJsonTree, writeJsonTree } from '#libs/json-text';
import { loadTokenCounter } from '#libs/tokens';
import { loadToon } from '../peers/toon.js';
import { quantile, timed } from '../samples.js';
import { ms, printTable } from '../table.js';
import { hoistTable } from './hoist-table.js';
import { compressText, MODEL, percentSaved } from './measure.js';

const DATA = join('..', 'shared', 'data', 'json-responses');
const LOSSLESS: CompressionSettings = { mode: 'lossless' };
const RUNS = 5;
const FAMILY = /^(?:dependabot|github-api|k8s|npm-packument|octokit-fixture|vega)/;

interface Totals {
  files: number;
  pretty: number;
  minified: number;
  toon: number;
  hoisted: number;
  lossless: number;
  ccr: number;
  exact: number;
  characters: number;
  milliseconds: number;
  times: number[];
}

/** Recorded API responses: tokens of each way to write them, and what comes back of ours. */
export async function benchmarkJson(): Promise<void> {
  if (!existsSync(DATA)) {
    console.log(`\nJSON responses: skipped without ${DATA}`);
    return;
  }
  const toon = await loadToon();
  const families = new Map<string, Totals>();
  for (const name of readdirSync(DATA).filter((file) => file.endsWith('.json'))) {
    const text = readFileSync(join(DATA, name), 'utf8');
    const family = FAMILY.exec(name)?.[0] ?? 'other';
    await measure(text, [totalsOf(families, family), totalsOf(families, 'all')], toon);
  }
  const rest = [...families].filter(([name]) => name !== 'all');
  const all = [...families].filter(([name]) => name === 'all');
  printTable(
    'JSON responses: tokens saved against pretty JSON (lossless*: against minified; published: TOON 10–42 %, table 26–71 %)',
    [
      '',
      'files',
      'pretty',
      'minify',
      'TOON',
      'table',
      'lossless',
      'lossless*',
      'ccr',
      'exact',
      'p50',
      'p95',
      'MB/s',
    ],
    [...rest, ...all].map(([name, totals]) => rowOf(name, totals, toon !== undefined)),
  );
}

function totalsOf(families: Map<string, Totals>, name: string): Totals {
  let totals = families.get(name);
  if (totals === undefined) {
    const counts = { files: 0, pretty: 0, minified: 0, toon: 0, hoisted: 0, lossless: 0, ccr: 0, exact: 0 };
    totals = { ...counts, characters: 0, milliseconds: 0, times: [] };
    families.set(name, totals);
  }
  return totals;
}

async function measure(
  text: string,
  totals: readonly Totals[],
  toon: ((value: unknown) => string) | undefined,
): Promise<void> {
  const counter = await loadTokenCounter(MODEL);
  const countText = (content: string): number => counter.countText(content);
  const value = JSON.parse(text) as Parameters<typeof hoistTable>[0];
  const tree = parseJsonTree(text);
  const minified = tree === undefined ? text : writeJsonTree(tree);
  const lossless = await compressText(minified, '', LOSSLESS);
  const isExact = decodeLossless(lossless.output) === minified;
  const samples: number[] = [];
  for (let run = 0; run < RUNS; run++) samples.push(await timed(() => compressText(minified, '', LOSSLESS)));
  const figures = {
    files: 1,
    pretty: countText(JSON.stringify(value, null, 2)),
    minified: lossless.tokensIn,
    toon: toon === undefined ? 0 : countText(toon(value)),
    hoisted: countText(JSON.stringify(hoistTable(value))),
    lossless: lossless.tokensOut,
    ccr: (await compressText(minified)).tokensOut,
    exact: isExact ? 1 : 0,
    characters: minified.length,
    milliseconds: quantile(samples, 0.5),
  };
  for (const total of totals) {
    for (const key of Object.keys(figures) as (keyof typeof figures)[]) total[key] += figures[key];
    total.times.push(figures.milliseconds);
  }
}

function rowOf(name: string, totals: Totals, hasToon: boolean): string[] {
  const { pretty, minified, characters, milliseconds, times } = totals;
  return [
    name,
    String(totals.files),
    String(pretty),
    percentSaved(pretty, minified),
    hasToon ? percentSaved(pretty, totals.toon) : '-',
    percentSaved(pretty, totals.hoisted),
    percentSaved(pretty, totals.lossless),
    percentSaved(minified, totals.lossless),
    percentSaved(minified, totals.ccr),
    `${String(totals.exact)}/${String(totals.files)}`,
    ms(quantile(times, 0.5)),
    ms(quantile(times, 0.95)),
    (characters / 1000 / milliseconds).toFixed(1),
  ];
}
