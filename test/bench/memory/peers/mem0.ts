import { join } from 'node:path';
import { inLanes } from '../../lanes.js';
import { FAKE_DIMENSIONS, FAKE_MODEL } from '../fake-embedder.js';
import { install } from './install.js';
import type { PeerKind } from './peer.js';

const VERSION = '3.3.1';
const USER = 'bench';

interface Mem0 {
  add(text: string, options: { userId: string; infer: boolean }): Promise<unknown>;
  search(
    query: string,
    options: { topK: number; filters: { user_id: string } },
  ): Promise<{ readonly results: readonly unknown[] }>;
}

interface Mem0Package {
  readonly Memory: new (config: unknown) => Mem0;
}

/** The open-source library in this process, with its vector store in memory and no model that rewrites what is added. */
export const mem0: PeerKind = {
  name: `mem0ai/oss ${VERSION}`,
  mode: 'hybrid',
  async start(embeddingsUrl) {
    // Its SQLite driver would be compiled; the project has the same one, built.
    const driver = `file:${join(import.meta.dirname, '../../../../node_modules/better-sqlite3')}`;
    process.env.MEM0_TELEMETRY = 'false';
    const { Memory } = (await install(`mem0ai-${VERSION}`, {
      mem0ai: VERSION,
      'better-sqlite3': driver,
    }).load('mem0ai/oss')) as Mem0Package;
    const memory = new Memory({
      embedder: {
        provider: 'openai',
        config: {
          apiKey: 'sk-bench',
          model: FAKE_MODEL,
          baseURL: `${embeddingsUrl}/v1`,
          embeddingDims: FAKE_DIMENSIONS,
        },
      },
      vectorStore: {
        provider: 'memory',
        config: { collectionName: 'bench', dimension: FAKE_DIMENSIONS, dbPath: ':memory:' },
      },
      llm: { provider: 'openai', config: { apiKey: 'sk-bench' } },
      disableHistory: true,
    });
    const add = async (text: string): Promise<void> => {
      await memory.add(text, { userId: USER, infer: false });
    };
    return {
      add,
      fill: async (texts) => {
        await inLanes(8, texts, add);
      },
      search: async (query) =>
        (await memory.search(query, { topK: 10, filters: { user_id: USER } })).results.length,
      close: () => Promise.resolve(),
    };
  },
};
