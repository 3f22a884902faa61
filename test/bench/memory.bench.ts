import { createPostgresDatabase } from '../support/postgres.js';
import { spawnServer } from '../support/spawn-server.js';
import { keepResult } from './json-result.js';
import { embedWith, startFakeEmbedder } from './memory/fake-embedder.js';
import { measureManyUsers } from './memory/many-users.js';
import { measureSizes, type SizeFigures } from './memory/ours.js';
import { comparePeers } from './memory/peers/compare.js';
import { printSizes, summaryOf } from './memory/report.js';
import { Sentences } from './memory/sentences.js';
import type { Peer } from './peers/process.js';
import { chosenSizes } from './sizes.js';

const SIZES = [1_000, 10_000, 100_000];
/** Below this there is no room for ten thousand users. */
const MANY_USERS_FROM = 100_000;

/**
 * Adding and searching memories over HTTP at growing sizes, on SQLite and, where `TEST_POSTGRES_URL` is set, on
 * PostgreSQL, and beside other memory packages. `BENCH_SIZES=1000,…,1000000` chooses the sizes.
 */
export async function benchmarkMemory(): Promise<void> {
  const sizes = chosenSizes('Memories', SIZES);
  const largest = sizes.at(-1) ?? 0;
  const embedder = await startFakeEmbedder();
  const [figures, manyUsers]: [SizeFigures[], unknown[]] = [[], []];
  try {
    for (const store of chosenStores()) {
      const measured = await withServer(store, embedder, (url) =>
        measureSizes(store, url, sizes, new Sentences()),
      );
      printSizes(measured);
      figures.push(...measured);
      if (largest < MANY_USERS_FROM) continue;
      manyUsers.push(
        await withServer(store, embedder, (url) => measureManyUsers(store, url, largest, new Sentences())),
      );
    }
    const peers = await comparePeers(
      figures.filter(({ store }) => store === 'SQLite'),
      embedder,
    );
    keepResult('memory', { sizes: figures.map(summaryOf), manyUsers, peers });
  } finally {
    embedder.stop();
  }
}

type StoreName = 'SQLite' | 'PostgreSQL';

function chosenStores(): StoreName[] {
  if ((process.env.TEST_POSTGRES_URL ?? '') !== '') return ['SQLite', 'PostgreSQL'];
  console.log('PostgreSQL: left out, TEST_POSTGRES_URL is not set.');
  return ['SQLite'];
}

/** Runs `work` against a fresh server on an empty store. */
async function withServer<Outcome>(
  store: StoreName,
  embedder: Peer,
  work: (url: string) => Promise<Outcome>,
): Promise<Outcome> {
  const postgres = store === 'PostgreSQL' ? await createPostgresDatabase() : undefined;
  try {
    const server = await spawnServer({
      ...embedWith(embedder),
      ...(postgres !== undefined && { HEADROOM_STORE_URL: postgres.url }),
    });
    try {
      return await work(server.url);
    } finally {
      await server.stop();
    }
  } finally {
    await postgres?.drop();
  }
}
