import { median, quantile } from '../samples.js';
import { ms, printTable } from '../table.js';
import { BATCH } from './fill.js';
import { AT_ONCE } from './operations.js';
import { MODES, type SizeFigures } from './ours.js';

/** What the embedded store must reach at this size; of the others they are only shown beside. */
const TARGET_SIZE = 10_000;
const TARGETS = {
  batch: '≥ 5000/s',
  add: 'p50 ≤ 2',
  search: 'p50 ≤ 3, p95 ≤ 10',
  burst: 'p50 ≤ 60',
} as const;

/** One table per store: a row for each operation at each size. */
export function printSizes(figures: readonly SizeFigures[]): void {
  const [first] = figures;
  if (first === undefined) return;
  printTable(
    `Memories over HTTP of one user, ${first.store}, fake 384-d embedder (ms)`,
    ['operation', 'memories', 'p50', 'p95', 'p99', `target at ${TARGET_SIZE}`],
    figures.flatMap((at) => {
      const row = (name: string, samples: readonly number[], target: string): string[] => [
        name,
        String(at.memories),
        ...[0.5, 0.95, 0.99].map((q) => ms(quantile(samples, q))),
        at.memories === TARGET_SIZE ? target : '',
      ];
      return [
        row('add', at.add, TARGETS.add),
        ...MODES.map((mode) => row(`search, ${mode}`, at.search[mode], TARGETS.search)),
        ...(at.whileBuilding.length > 0
          ? [row('search, hybrid: index being built', at.whileBuilding, '')]
          : []),
        ...MODES.flatMap((mode) => [
          row(`${AT_ONCE} parallel, ${mode}: all`, at.burst[mode].walls, TARGETS.burst),
          row(`${AT_ONCE} parallel, ${mode}: each`, at.burst[mode].calls, ''),
        ]),
      ];
    }),
  );
  const filled = figures.filter(({ filling }) => filling.count > 0);
  // A kept store was filled by an earlier run.
  if (filled.length === 0) return;
  printTable(
    `Filling in batches of ${BATCH}, ${first.store} (memories/s)`,
    ['up to', 'stored', 'with vectors', 'target stored'],
    filled.map(({ memories, filling }) => [
      String(memories),
      perSecond(filling.count, filling.storedMs),
      perSecond(filling.count, filling.embeddedMs),
      TARGETS.batch,
    ]),
  );
}

/** The figures without their samples, for a comparison of runs. */
export function summaryOf({ store, memories, filling, add, search, burst, whileBuilding }: SizeFigures) {
  const of = (samples: readonly number[]) => ({
    p50: median(samples),
    p95: quantile(samples, 0.95),
    p99: quantile(samples, 0.99),
  });
  return {
    store,
    memories,
    filling,
    add: of(add),
    ...(whileBuilding.length > 0 && { whileBuilding: of(whileBuilding) }),
    search: MODES.map((mode) => ({ mode, ...of(search[mode]) })),
    burst: MODES.map((mode) => ({ mode, all: of(burst[mode].walls), each: of(burst[mode].calls) })),
  };
}

function perSecond(count: number, milliseconds: number): string {
  return String(Math.round(count / (milliseconds / 1_000)));
}
