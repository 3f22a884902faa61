import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { InMemoryMemoryStore, InProcessJobQueue, TimerPause } from '#libs/adapters';
import { type ImportRecord, MemoryService } from '#libs/memory';
import { aCaller } from '../../support/callers.js';
import { CountingIds } from '../../support/counting-ids.js';
import { FakeClock } from '../../support/fake-clock.js';

const LINES = 1_000;
/** Lines or memories after which others are let through at the latest. */
const MOST_AT_ONCE = 128;

async function* records(): AsyncGenerator<ImportRecord> {
  for (let line = 1; line <= LINES; line++) {
    const told = { id: `mem_${line}`, scope: { userId: 'anna' }, content: `the fact number ${line}` };
    const rest = { category: 'fact', importance: 0.5, entities: [], metadata: {}, alsoSeen: [] } as const;
    await Promise.resolve();
    yield { line, memory: { ...told, ...rest, accessCount: 0, version: 1 } };
  }
}

/** How often others on the event loop had their turn while something went on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  const over = work.then(() => true);
  while (!(await Promise.race([over, setImmediate(false)]))) turns++;
  return turns;
}

describe('while memories are', () => {
  const caller = aCaller();
  const memories = new MemoryService(
    new InMemoryMemoryStore(),
    null,
    new FakeClock(),
    new CountingIds(),
    new TimerPause(),
    new InProcessJobQueue(),
  );

  test('imported from a file that is all there, others have their turns', async () => {
    const turns = await turnsDuring(memories.importAll(caller, records()));
    expect(turns).toBeGreaterThanOrEqual(Math.floor(LINES / MOST_AT_ONCE));
  });

  test('exported to a reader that waits for nothing, others have their turns', async () => {
    let read = 0;
    const reading = async (): Promise<void> => {
      const pages = await memories.exportScope(caller, { scope: { userId: 'anna' } });
      for await (const page of pages) read += page.length;
    };
    expect(await turnsDuring(reading())).toBeGreaterThanOrEqual(Math.floor(LINES / MOST_AT_ONCE));
    expect(read).toBe(LINES);
  });
});
