import type { JsonClient } from '../json-client.js';
import { inLanes } from '../lanes.js';
import { untilEmbedded } from '../recall/remembered.js';
import { timed } from '../samples.js';

export const BATCH = 1_000;
/** One request is prepared and parsed while another is written. */
const LANES = 2;
const TELL_EVERY = 50_000;
const EMBEDDED_WITHIN_MS = 3 * 3_600_000;

/** How long it took to store memories, and until each had its vector; milliseconds from the start. */
export interface Filling {
  readonly count: number;
  readonly storedMs: number;
  readonly embeddedMs: number;
}

/**
 * Stores `count` memories in full batches and waits for their vectors; tells its progress on stderr.
 * @param draftAt gives the body of the memory with that index.
 */
export async function fill(
  client: JsonClient,
  count: number,
  draftAt: (index: number) => Readonly<Record<string, unknown>>,
): Promise<Filling> {
  const starts = Array.from({ length: Math.ceil(count / BATCH) }, (_, i) => i * BATCH);
  let stored = 0;
  const storedMs = await timed(() =>
    inLanes(LANES, starts, async (start) => {
      const size = Math.min(BATCH, count - start);
      const memories = Array.from({ length: size }, (_, i) => draftAt(start + i));
      const answer = await client.post('/v1/memories/batch', { memories });
      if (answer.includes('"status":"error"'))
        throw new Error(`A memory was refused: ${answer.slice(0, 300)}`);
      const before = stored;
      stored += size;
      if (Math.floor(stored / TELL_EVERY) > Math.floor(before / TELL_EVERY)) {
        console.error(`  stored ${stored} of ${count}`);
      }
    }),
  );
  let told = count;
  const waitedMs = await timed(() =>
    untilEmbedded(
      client,
      (pending) => {
        if (told - pending < TELL_EVERY) return;
        told = pending;
        console.error(`  ${pending} wait for their vectors`);
      },
      EMBEDDED_WITHIN_MS,
    ),
  );
  return { count, storedMs, embeddedMs: storedMs + waitedMs };
}
