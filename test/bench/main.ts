/** `npm run bench` runs every benchmark, `npm run bench -- <name>…` the named ones; each prints its tables. */
import { benchmarkChat } from './chat.bench.js';
import { benchmarkCompression } from './compression.bench.js';
import { benchmarkHandoff } from './handoff.bench.js';
import { benchmarkLearning } from './learning.bench.js';
import { benchmarkContext } from './context.bench.js';
import { benchmarkLocomo } from './locomo.bench.js';
import { benchmarkLongMemEval } from './longmemeval.bench.js';
import { benchmarkMemory } from './memory.bench.js';
import { benchmarkSoak } from './soak.bench.js';
import { benchmarkStart } from './start.bench.js';
import { benchmarkTransfer } from './transfer.bench.js';
import { benchmarkVectors } from './vectors.bench.js';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  start: benchmarkStart,
  memory: benchmarkMemory,
  locomo: benchmarkLocomo,
  'longmemeval-evidence': benchmarkLongMemEval,
  vectors: benchmarkVectors,
  chat: benchmarkChat,
  compression: benchmarkCompression,
  handoff: benchmarkHandoff,
  learning: benchmarkLearning,
  context: benchmarkContext,
  transfer: benchmarkTransfer,
  soak: benchmarkSoak,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(
    `No benchmark named ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}.`,
  );
  process.exit(1);
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (names.length === 0 || names.includes(name)) await run();
}
