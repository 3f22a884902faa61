import { JsonClient } from '../json-client.js';
import { untilEmbedded } from '../recall/remembered.js';
import type { Mode } from '../recall/measure.js';
import { fill, type Filling } from './fill.js';
import { isIndexing, untilIndexed } from './indexing.js';
import type { BenchStore, StoreName } from './kept-store.js';
import { sampleBursts, sampleCalls, type Burst, type MemorySystem } from './operations.js';
import { Sentences } from './sentences.js';

export const USER = 'bench';
export const MODES = ['keyword', 'hybrid'] as const satisfies readonly Mode[];
type MeasuredMode = (typeof MODES)[number];

/** What was measured of our server at one size; all times in milliseconds. */
export interface SizeFigures {
  readonly store: string;
  readonly memories: number;
  readonly filling: Filling;
  readonly add: readonly number[];
  readonly search: Readonly<Record<MeasuredMode, readonly number[]>>;
  readonly burst: Readonly<Record<MeasuredMode, Burst>>;
  /** Hybrid searches while the index of the vectors was built, where there is one. */
  readonly whileBuilding: readonly number[];
}

/** Our server as a client sees it, over HTTP. */
export function headroom(client: JsonClient, userId: string, mode: Mode): MemorySystem {
  return {
    add: async (content) => {
      await client.post('/v1/memories', { content, user_id: userId });
    },
    search: async (query) => {
      const answer = await client.post('/v1/memories/search', { query, user_id: userId, top_k: 10, mode });
      const { data, mode: answered } = JSON.parse(answer) as { data: unknown[]; mode: Mode };
      if (answered !== mode) throw new Error(`Asked for ${mode}, answered by ${answered}.`);
      return data.length;
    },
  };
}

/** Fills one server from size to size and measures at each; goes on from the size that a kept store has. */
export async function measureSizes(
  store: StoreName,
  url: string,
  sizes: readonly number[],
  { kept, note }: BenchStore,
): Promise<SizeFigures[]> {
  const client = new JsonClient(url);
  const sentences = new Sentences(kept.sentences);
  const figures: SizeFigures[] = [];
  let filled = kept.memories;
  try {
    for (const memories of sizes.filter((size) => size >= kept.memories)) {
      console.error(`${store}: ${memories} memories of one user`);
      const filling = await fill(client, memories - filled, () => ({
        content: sentences.next(),
        user_id: USER,
      }));
      filled = memories;
      note({ memories, sentences: sentences.taken });
      figures.push({ store, memories, filling, ...(await measureOperations(client, sentences)) });
      note({ memories, sentences: sentences.taken });
    }
  } finally {
    client.close();
  }
  return figures;
}

async function measureOperations(
  client: JsonClient,
  sentences: Sentences,
): Promise<Pick<SizeFigures, 'add' | 'search' | 'burst' | 'whileBuilding'>> {
  const [keyword, hybrid] = [headroom(client, USER, 'keyword'), headroom(client, USER, 'hybrid')];
  const ask = (system: MemorySystem) => () => system.search(sentences.nextQuery());
  const add = await sampleCalls(() => keyword.add(sentences.next()));
  await untilEmbedded(client);
  await hybrid.search(sentences.nextQuery());
  const whileBuilding = (await isIndexing(client)) ? await sampleCalls(ask(hybrid)) : [];
  await untilIndexed(client);
  return {
    add,
    whileBuilding,
    search: { keyword: await sampleCalls(ask(keyword)), hybrid: await sampleCalls(ask(hybrid)) },
    burst: { keyword: await sampleBursts(ask(keyword)), hybrid: await sampleBursts(ask(hybrid)) },
  };
}
