import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresDatabase } from '../../../support/postgres.js';
import { install } from './install.js';
import type { PeerKind } from './peer.js';

const VERSION = '1.0.5';
const NAMESPACE = ['bench'];
const BATCH = 500;
const CLOSING_MS = 500;

interface PostgresStore {
  setup(): Promise<void>;
  put(namespace: string[], key: string, value: Record<string, unknown>): Promise<void>;
  batch(operations: readonly unknown[]): Promise<unknown>;
  search(
    namespace: string[],
    options: { query: string; limit: number; mode: 'text' },
  ): Promise<readonly unknown[]>;
  stop(): Promise<void>;
}

interface StorePackage {
  readonly PostgresStore: { fromConnString(url: string): PostgresStore };
}

/** LangGraph's long-term store on the PostgreSQL under test, searched by text: its vectors need pgvector. */
export const langgraph: PeerKind = {
  name: `langgraph PostgresStore ${VERSION}, text`,
  mode: 'keyword',
  async start() {
    if ((process.env.TEST_POSTGRES_URL ?? '') === '') throw new Error('TEST_POSTGRES_URL is not set');
    const { PostgresStore } = (await install(`langgraph-store-${VERSION}`, {
      '@langchain/langgraph-checkpoint-postgres': VERSION,
      '@langchain/langgraph-checkpoint': '1.2.2',
      '@langchain/core': '1.4.0',
    }).load('@langchain/langgraph-checkpoint-postgres/store')) as StorePackage;
    const { url, drop } = await createPostgresDatabase();
    const store = PostgresStore.fromConnString(url);
    await store.setup();
    let count = 0;
    const nextKey = (): string => `memory-${++count}`;
    return {
      add: (text) => store.put(NAMESPACE, nextKey(), { text }),
      fill: async (texts) => {
        for (let at = 0; at < texts.length; at += BATCH) {
          const part = texts.slice(at, at + BATCH);
          await store.batch(part.map((text) => ({ namespace: NAMESPACE, key: nextKey(), value: { text } })));
        }
      },
      search: async (query) => (await store.search(NAMESPACE, { query, limit: 10, mode: 'text' })).length,
      close: async () => {
        await store.stop();
        // Its pool has ended before its connections have.
        await sleep(CLOSING_MS);
        await drop();
      },
    };
  },
};
