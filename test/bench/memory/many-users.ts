import { JsonClient } from '../json-client.js';
import { median, quantile } from '../samples.js';
import { ms, printTable } from '../table.js';
import { fill } from './fill.js';
import type { BenchStore, StoreName } from './kept-store.js';
import { sampleCalls } from './operations.js';
import { headroom, MODES } from './ours.js';
import { Sentences } from './sentences.js';

const USERS = 10_000;
/** Some have a thousand memories each and are asked; the others share the rest. */
const ASKED_USERS = 10;
const ASKED_MEMORIES = 1_000;

/** A search of one user among ten thousand others must not pay for what the others stored. */
export async function measureManyUsers(
  store: StoreName,
  url: string,
  total: number,
  { kept, note }: BenchStore,
): Promise<Readonly<Record<string, unknown>>> {
  const client = new JsonClient(url);
  const sentences = new Sentences(kept.sentences);
  try {
    console.error(`${store}: ${total} memories of ${USERS} users`);
    const asked = ASKED_USERS * ASKED_MEMORIES;
    await fill(client, Math.max(0, total - kept.memories), (index) => ({
      content: sentences.next(),
      user_id: userOf(kept.memories + index < asked ? index % ASKED_USERS : index % USERS),
    }));
    note({ memories: Math.max(total, kept.memories), sentences: sentences.taken });
    const figures: Record<string, readonly number[]> = {};
    for (const mode of MODES) {
      const systems = Array.from({ length: ASKED_USERS }, (_, i) => headroom(client, userOf(i), mode));
      let turn = 0;
      figures[mode] = await sampleCalls(async () =>
        systems[turn++ % ASKED_USERS]?.search(sentences.nextQuery()),
      );
    }
    printTable(
      `Search of a user with ${ASKED_MEMORIES} memories among ${total} of ${USERS} users, ${store} (ms)`,
      ['mode', 'p50', 'p95', 'p99', 'target p95 at 1000000'],
      Object.entries(figures).map(([mode, samples]) => [
        mode,
        ms(median(samples)),
        ...[0.95, 0.99].map((q) => ms(quantile(samples, q))),
        '≤ 15',
      ]),
    );
    return { store, total, p95: mapValues(figures, (samples) => quantile(samples, 0.95)) };
  } finally {
    client.close();
  }
}

function userOf(index: number): string {
  return `user-${index}`;
}

function mapValues<From, To>(
  values: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
