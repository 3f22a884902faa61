import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { TokenCounter } from '#libs/tokens';
import { quantile, timed } from '../samples.js';
import { ms, printTable } from '../table.js';
import { conversationsOf, counted } from './cases.js';
import { FITTERS } from './fitters.js';

const SIZES = [100, 1_000, 10_000];
const RUNS = 30;
const WARM_UPS = 5;
const TARGET = '1000: <= 20 ms';

/** Milliseconds to fit long conversations, whose tokens are known, into half of them; no embedder. */
export async function benchmarkLatency(counter: TokenCounter): Promise<void> {
  const recorded = conversationsOf('tau-bench-airline', counter);
  if (recorded === undefined) return;
  const said = recorded.flatMap(({ messages }) => messages).filter(({ role }) => role !== 'system');
  const rows: string[][] = [];
  for (const size of SIZES) {
    const messages = Array.from(
      { length: size },
      (_, index) => said[index % said.length] ?? { role: 'user' },
    );
    const { costs } = counted(messages, counter);
    const budget = Math.ceil(costs.reduce((sum, cost) => sum + cost, 0) / 2);
    for (const name of ['intelligent', 'oldest first']) {
      const fit = () =>
        FITTERS[name]?.({ messages, costs, budget, keepLastTurns: 2 }, counter) ?? Promise.resolve();
      for (let i = 0; i < WARM_UPS; i++) await fit();
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const samples: number[] = [];
      const before = process.cpuUsage();
      for (let i = 0; i < RUNS; i++) samples.push(await timed(fit));
      const { user, system } = process.cpuUsage(before);
      delay.disable();
      rows.push([
        String(size),
        name,
        ms(quantile(samples, 0.5)),
        ms(quantile(samples, 0.95)),
        ms((user + system) / 1_000 / RUNS),
        ms(delay.max / 1e6),
        TARGET,
      ]);
    }
  }
  printTable(
    'Fitting a conversation of which all tokens are known',
    ['messages', 'way', 'p50 ms', 'p95 ms', 'CPU ms', 'longest block ms', 'target'],
    rows,
  );
}
