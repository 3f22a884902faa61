import { DEFAULT_COMPRESSION_CONFIG } from '#libs/compression';
import { largeList, largeLog, PATHOLOGICAL_INPUTS } from '../../support/pathological-inputs.js';
import { printTable } from '../table.js';
import { compressText } from './measure.js';

const SIZES = [5, 50];

/** What would break a naive compressor: one run each, in this process, as cold as it comes. */
export async function benchmarkPathological(): Promise<void> {
  const { deadlineMs } = DEFAULT_COMPRESSION_CONFIG;
  const rows: string[][] = [];
  for (const { name, make } of PATHOLOGICAL_INPUTS) rows.push(await row(name, make()));
  for (const size of SIZES) rows.push(await row(`log of ${size} MB`, largeLog(size)));
  for (const size of SIZES) rows.push(await row(`JSON of ${size} MB`, largeList(size)));
  printTable(
    `Pathological input (each within the deadline of ${deadlineMs} ms; time grows with the size)`,
    ['input', 'MB', 'ms', 'MB/s', 'kind', 'reason', 'tokens in', 'out'],
    rows,
  );
}

async function row(name: string, text: string): Promise<string[]> {
  const start = performance.now();
  const { report, tokensIn, tokensOut } = await compressText(text, 'What went wrong?');
  const elapsed = performance.now() - start;
  const megabytes = text.length / 1e6;
  return [
    name,
    megabytes.toFixed(1),
    elapsed.toFixed(0),
    ((1000 * megabytes) / elapsed).toFixed(1),
    report.contentType ?? '-',
    report.reason,
    String(tokensIn),
    String(tokensOut),
  ];
}
