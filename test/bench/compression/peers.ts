import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { quantile } from '../samples.js';
import { ms, printTable, ratio } from '../table.js';
import { MODEL, compressText, percentSaved } from './measure.js';
import type { PeerCase, PeerInput } from './peer-case.js';
import { PEER_CASES } from './peer-cases.js';

/** Sizes are means over these many inputs; every timed run has an input of its own, so nothing is remembered. */
const SIZED = 6;
const WARM_UPS = 10;
const RUNS = 20;

/** The peer table: our size and time on inputs of the peers' kinds and sizes, beside what the peers made of theirs. */
export async function benchmarkPeers(): Promise<void> {
  const counter = await loadTokenCounter(MODEL);
  const only = process.env['PEER_CASE'];
  const cases = PEER_CASES.filter(({ name }) => only === undefined || name.startsWith(only));
  const rows: string[][] = [];
  for (const peerCase of cases) rows.push(await measured(peerCase, counter));
  printTable(
    'Peers: one tool result, default mode (ccr), tokens o200k, cold milliseconds with counting',
    [
      'case',
      'in',
      'peer in',
      'out',
      'worst',
      'saved',
      'errors',
      'peer out',
      '×',
      'p50',
      'p95',
      'count',
      'Rust',
      '×',
    ],
    rows,
  );
}

async function measured(peerCase: PeerCase, counter: TokenCounter): Promise<string[]> {
  const { name, tokensIn, python, rust } = peerCase;
  const sizes = await sizesOf(peerCase);
  const { whole, counting } = await timesOf(peerCase, counter);
  const target = Math.min(python.tokens, rust.tokens);
  const p50 = quantile(whole, 0.5);
  return [
    name,
    sizes.tokensIn.toFixed(0),
    String(tokensIn),
    sizes.tokensOut.toFixed(0),
    String(sizes.worst),
    percentSaved(sizes.tokensIn, sizes.tokensOut),
    `${String(sizes.errorsKept)}/${String(sizes.errors)}`,
    String(target),
    ratio(sizes.tokensOut, target),
    ms(p50),
    ms(quantile(whole, 0.95)),
    ms(quantile(counting, 0.5)),
    rust.ms.toFixed(1),
    ratio(p50, rust.ms),
  ];
}

interface Sizes {
  tokensIn: number;
  tokensOut: number;
  worst: number;
  errors: number;
  errorsKept: number;
}

async function sizesOf({ make }: PeerCase): Promise<Sizes> {
  const sizes: Sizes = { tokensIn: 0, tokensOut: 0, worst: 0, errors: 0, errorsKept: 0 };
  for (let seed = 0; seed < SIZED; seed++) {
    const { text, query, errors } = make(seed);
    const { tokensIn, tokensOut, output } = await compressText(text, query);
    sizes.tokensIn += tokensIn / SIZED;
    sizes.tokensOut += tokensOut / SIZED;
    sizes.worst = Math.max(sizes.worst, tokensOut);
    sizes.errors += errors.length;
    sizes.errorsKept += errors.filter((error) => output.includes(error)).length;
  }
  return sizes;
}

/** The whole pipeline, and beside it what counting the input alone takes: what lies between them is the stage. */
async function timesOf(
  { make }: PeerCase,
  counter: TokenCounter,
): Promise<{ whole: number[]; counting: number[] }> {
  const whole: number[] = [];
  const counting: number[] = [];
  const inputs = Array.from({ length: 2 * (WARM_UPS + RUNS) }, (_, run) =>
    make(100 + Math.floor(run / 2) + (run % 2) * 600),
  );
  for (let run = 0; run < inputs.length; run += 2) {
    const pipeline = await elapsed(() => compressInput(inputs[run]));
    const count = await elapsed(() => Promise.resolve(counter.countText(inputs[run + 1]?.text ?? '')));
    if (run < 2 * WARM_UPS) continue;
    whole.push(pipeline);
    counting.push(count);
  }
  return { whole, counting };
}

async function compressInput(input: PeerInput | undefined): Promise<void> {
  if (input !== undefined) await compressText(input.text, input.query);
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
