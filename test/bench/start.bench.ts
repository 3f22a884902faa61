import { spawnServer } from '../support/spawn-server.js';
import { residentMegabytes } from './resident-memory.js';
import { median } from './samples.js';
import { ms, printTable } from './table.js';

const STARTS = 5;

/** From spawn to the first 200 of /readyz, and what the idle process holds, without an embedder. */
export async function benchmarkStart(): Promise<void> {
  const ready: number[] = [];
  const resident: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const start = performance.now();
    const server = await spawnServer({ HEADROOM_EMBEDDER: 'none' });
    ready.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    resident.push(residentMegabytes(server.pid));
    await server.stop();
  }
  printTable(
    `Start of the built server (${STARTS} starts)`,
    ['figure', 'median', 'worst', 'target'],
    [
      ['ready after (ms)', ms(median(ready)), ms(Math.max(...ready)), '≤ 1500'],
      ['idle RSS (MB)', ms(median(resident)), ms(Math.max(...resident)), '≤ 150'],
    ],
  );
}
