import { spawnServer } from '../support/spawn-server.js';
import { keepResult } from './json-result.js';
import { embedWith, startFakeEmbedder } from './memory/fake-embedder.js';
import { openBenchStore, type BenchStore, type StoreName } from './memory/kept-store.js';
import { measureManyUsers } from './memory/many-users.js';
import { measureSizes, type SizeFigures } from './memory/ours.js';
import { comparePeers } from './memory/peers/compare.js';
import { printSizes, summaryOf } from './memory/report.js';
import type { Peer } from './peers/process.js';
import { chosenSizes } from './sizes.js';

const STORES: readonly StoreName[] = ['SQLite', 'PostgreSQL'];
const SIZES = [1_000, 10_000, 100_000];
/** Below this there is no room for ten thousand users. */
const MANY_USERS_FROM = 100_000;

/**
 * Adding and searching memories over HTTP at growing sizes, on SQLite and, where `TEST_POSTGRES_URL` is set, on
 * PostgreSQL, and beside other memory packages. `BENCH_SIZES=1000,…,1000000` chooses the sizes, `BENCH_STORES=SQLite`
 * or `PostgreSQL` one store, and `BENCH_KEEP=folder` keeps what was filled for the next run.
 */
export async function benchmarkMemory(): Promise<void> {
  const sizes = chosenSizes('Memories', SIZES);
  const largest = sizes.at(-1) ?? 0;
  const embedder = await startFakeEmbedder();
  const [figures, manyUsers]: [SizeFigures[], unknown[]] = [[], []];
  try {
    for (const store of chosenStores()) {
      const measured = await withServer(store, 'one-user', embedder, (url, kept) =>
        measureSizes(store, url, sizes, kept),
      );
      printSizes(measured);
      figures.push(...measured);
      if (largest < MANY_USERS_FROM) continue;
      manyUsers.push(
        await withServer(store, 'many-users', embedder, (url, kept) =>
          measureManyUsers(store, url, largest, kept),
        ),
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

function chosenStores(): StoreName[] {
  const wanted = process.env.BENCH_STORES ?? '';
  const stores = STORES.filter((store) => wanted === '' || wanted.split(',').includes(store));
  if (stores.length === 0)
    throw new Error(`BENCH_STORES must name some of ${STORES.join(',')}, not ${wanted}.`);
  if ((process.env.TEST_POSTGRES_URL ?? '') !== '') return stores;
  console.log('PostgreSQL: left out, TEST_POSTGRES_URL is not set.');
  return stores.filter((store) => store === 'SQLite');
}

/** Runs `work` against a server on a store of its own. */
async function withServer<Outcome>(
  storeName: StoreName,
  part: string,
  embedder: Peer,
  work: (url: string, store: BenchStore) => Promise<Outcome>,
): Promise<Outcome> {
  const store = await openBenchStore(storeName, part);
  try {
    const server = await spawnServer({ ...embedWith(embedder), ...store.environment });
    try {
      return await work(server.url, store);
    } finally {
      await server.stop();
    }
  } finally {
    await store.release();
  }
}
