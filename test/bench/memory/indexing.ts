import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonClient } from '../json-client.js';

const WITHIN_MS = 2 * 3_600_000;
const ASK_EVERY_MS = 1_000;
const TELL_EVERY_MS = 60_000;

/** Whether an approximate index of vectors is still built or brought up to date; `/readyz` tells. */
export async function isIndexing(client: JsonClient): Promise<boolean> {
  const { vectors } = await client.readiness();
  return (vectors?.building ?? 0) + (vectors?.stale ?? 0) > 0;
}

export async function untilIndexed(client: JsonClient): Promise<void> {
  const startedAt = Date.now();
  for (let asked = 0; await isIndexing(client); asked++) {
    const waited = Date.now() - startedAt;
    if (waited > WITHIN_MS) throw new Error('The index of the vectors was not built in time.');
    if (asked % (TELL_EVERY_MS / ASK_EVERY_MS) === 0) {
      console.error(`  the index is built (${Math.round(waited / 60_000)} min)`);
    }
    await sleep(ASK_EVERY_MS);
  }
}
