import { join } from 'node:path';
import { spawnServer } from '../../support/spawn-server.js';
import { JsonClient } from '../json-client.js';
import type { Corpus } from './corpus.js';
import { measure, type Mode } from './measure.js';
import { remember } from './remembered.js';
import type { Run } from './tables.js';

const MODES: readonly Mode[] = ['keyword', 'semantic', 'hybrid'];

/** The small local model beside the repository. */
export const LOCAL_MODEL = {
  HEADROOM_EMBEDDER: 'transformers',
  HEADROOM_EMBEDDER_MODEL: 'glove50-static-384',
  HEADROOM_MODEL_DIR: join(import.meta.dirname, '../../../../shared/models'),
} as const;

/** Stores a corpus in a server of its own, so that no other arrangement's words weigh in, and asks it in every mode. */
export async function runCorpus(
  corpus: Corpus,
  environment: Readonly<Record<string, string>> = LOCAL_MODEL,
  modes = MODES,
): Promise<Run[]> {
  const server = await spawnServer(environment);
  try {
    return await askCorpus(server.url, corpus, modes);
  } finally {
    await server.stop();
  }
}

/** Like {@link runCorpus} with a server that runs already and holds nothing. */
export async function askCorpus(url: string, corpus: Corpus, modes = MODES): Promise<Run[]> {
  const client = new JsonClient(url);
  try {
    const keys = await remember(client, corpus.memories);
    const runs: Run[] = [];
    for (const mode of modes) {
      runs.push({ arrangement: corpus.name, mode, questions: await measure(client, corpus, keys, mode) });
    }
    return runs;
  } finally {
    client.close();
  }
}
