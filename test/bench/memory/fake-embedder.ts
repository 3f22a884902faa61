import { join } from 'node:path';
import { freePort, startPeer, type Peer } from '../peers/process.js';

export const FAKE_DIMENSIONS = 384;
export const FAKE_MODEL = 'bench-384';

/** An embedding service in a process of its own that costs next to nothing, so that the memory itself is measured. */
export async function startFakeEmbedder(): Promise<Peer> {
  const port = await freePort();
  const script = join(import.meta.dirname, '../peers/embeddings.mjs');
  return startPeer([script], port, { PORT: String(port) });
}

/** What makes our server ask it. */
export function embedWith({ url }: Peer): Readonly<Record<string, string>> {
  return {
    HEADROOM_EMBEDDER: 'openai',
    HEADROOM_EMBEDDER_MODEL: FAKE_MODEL,
    OPENAI_TARGET_API_URL: url,
    OPENAI_API_KEY: 'sk-bench',
  };
}
