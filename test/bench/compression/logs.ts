import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { decodeLossless } from '../../../libs/compression/src/decode-lossless.js';
import { ms, printTable } from '../table.js';
import { type Kept, diagnosticsOf, keptGroups } from './log-retention.js';
import { compressText, percentSaved, timing } from './measure.js';

const DATA = join('..', 'shared', 'data');
const LOGHUB = join(DATA, 'loghub');
const BUILDS = join(DATA, 'build-logs');
const HEADER = [
  '',
  'lines',
  'tokens',
  'lossless',
  'exact',
  'out',
  'lossy',
  'errors',
  'events',
  'ms p50',
  'MB/s',
];
const ERROR = /error|exception|fail(?:ed|ure)|critical|fatal|panic|severe/i;
const MANY_LINES = 400;

interface Row {
  readonly name: string;
  readonly lines: number;
  readonly tokensIn: number;
  readonly lossless: number;
  readonly isExact: boolean;
  readonly lossy: number;
  readonly isLossy: boolean;
  readonly errors: Kept;
  readonly events: Kept;
  readonly p50: number;
  readonly bytes: number;
}

/** Logs of programs by the labels of their lines, and logs of build tools by their diagnostics. */
export async function benchmarkLogs(): Promise<void> {
  await benchmarkPrograms();
  await benchmarkBuilds();
}

async function benchmarkPrograms(): Promise<void> {
  if (!existsSync(LOGHUB)) {
    console.log(`\nLogs: skipped, there is no ${LOGHUB}`);
    return;
  }
  const rows: Row[] = [];
  for (const { name } of readdirSync(LOGHUB, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )) {
    const path = join(LOGHUB, name, `${name}_2k.log`);
    rows.push(await measure(name, readFileSync(path, 'utf8'), 7, labelledEvents(path)));
  }
  printTable(
    `Logs of programs, means (targets: lossless 55 % saved and exact, lossy 88 %, every error pattern, 95 % of events)`,
    HEADER,
    [...rows.map(cells), totals(rows)],
  );
}

async function benchmarkBuilds(): Promise<void> {
  if (!existsSync(BUILDS)) {
    console.log(`\nBuild logs: skipped, there is no ${BUILDS}`);
    return;
  }
  const rows: Row[] = [];
  for (const file of readdirSync(BUILDS).filter((name) => name !== 'SOURCE.md')) {
    const text = readFileSync(join(BUILDS, file), 'utf8');
    rows.push(await measure(file.replace(/^.*__|\.\w+$/g, ''), text, 3));
  }
  const shown = rows.filter(({ lines }) => lines >= MANY_LINES);
  printTable(
    `Build logs of ${String(MANY_LINES)} lines and more, and all ${String(rows.length)} (errors = distinct diagnostics; every one must stay)`,
    HEADER,
    [...shown.map(cells), totals(rows)],
  );
}

async function measure(
  name: string,
  text: string,
  runs: number,
  events: ReadonlyMap<string, string[]> = new Map(),
): Promise<Row> {
  const lossless = await compressText(text, '', { mode: 'lossless' });
  const best = await compressText(text, '');
  const { p50 } = await timing(() => compressText(text, ''), runs, 1);
  const errors = new Map([...events].filter(([, lines]) => lines.some((line) => ERROR.test(line))));
  // What was told without loss is all there.
  const readable = decodeLossless(best.output);
  return {
    name,
    lines: text.split('\n').length,
    tokensIn: lossless.tokensIn,
    lossless: lossless.tokensOut,
    isExact: decodeLossless(lossless.output) === text,
    lossy: best.tokensOut,
    isLossy: best.output.includes('Retrieve more: hash='),
    errors: keptGroups(events.size > 0 ? errors : diagnosticsOf(text), readable),
    events: keptGroups(events, readable),
    p50,
    bytes: Buffer.byteLength(text),
  };
}

/** The lines of each labelled event. */
function labelledEvents(path: string): Map<string, string[]> {
  const lines = readFileSync(path, 'utf8').split('\n');
  const labels = parse<{ EventId: string }>(readFileSync(`${path}_structured.csv`), {
    columns: true,
    relax_quotes: true,
  });
  const events = new Map<string, string[]>();
  for (const [index, { EventId }] of labels.entries()) {
    const event = events.get(EventId) ?? [];
    event.push(lines[index] ?? '');
    events.set(EventId, event);
  }
  return events;
}

function cells(row: Row): string[] {
  return [
    row.name,
    String(row.lines),
    String(row.tokensIn),
    percentSaved(row.tokensIn, row.lossless),
    row.isExact ? 'yes' : 'NO',
    String(row.lossy),
    percentSaved(row.tokensIn, row.lossy) + (row.isLossy ? '' : ' ='),
    `${String(row.errors.kept)}/${String(row.errors.of)}`,
    row.events.of === 0 ? '-' : `${String(row.events.kept)}/${String(row.events.of)}`,
    ms(row.p50),
    (row.bytes / 1000 / row.p50).toFixed(1),
  ];
}

function totals(rows: readonly Row[]): string[] {
  const sum = (value: (row: Row) => number): number => rows.reduce((total, row) => total + value(row), 0);
  const mean = (out: (row: Row) => number): string =>
    `${((100 * sum((row) => 1 - out(row) / row.tokensIn)) / rows.length).toFixed(1)}%`;
  return [
    'all (saved: mean)',
    String(sum(({ lines }) => lines)),
    String(sum(({ tokensIn }) => tokensIn)),
    mean(({ lossless }) => lossless),
    `${String(rows.filter(({ isExact }) => isExact).length)}/${String(rows.length)}`,
    String(sum(({ lossy }) => lossy)),
    mean(({ lossy }) => lossy),
    `${String(sum(({ errors }) => errors.kept))}/${String(sum(({ errors }) => errors.of))}`,
    `${String(sum(({ events }) => events.kept))}/${String(sum(({ events }) => events.of))}`,
    ms(sum(({ p50 }) => p50)),
    (sum(({ bytes }) => bytes) / 1000 / sum(({ p50 }) => p50)).toFixed(1),
  ];
}
