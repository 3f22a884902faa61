import type { TextEmbedder } from '#libs/context-window';
import type { Embedder } from '#libs/memory';

/**
 * The memory's embedder, for the similarity of messages. A prompt waits neither for a model that is not there yet nor
 * for a service over the network.
 */
export class LocalSimilarity implements TextEmbedder {
  constructor(private readonly embedder: Embedder | null) {}

  async embed(texts: readonly string[]): Promise<readonly Float32Array[] | undefined> {
    const { embedder } = this;
    if (embedder?.isLocal !== true || embedder.availability.status !== 'ready') return undefined;
    return embedder.embed(texts);
  }
}
