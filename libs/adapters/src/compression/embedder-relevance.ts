import { RelevanceEmbedder } from '#libs/compression';
import type { Embedder } from '#libs/memory';

/** The memory's embedder, for the relevance of items to a question. */
export class EmbedderRelevance extends RelevanceEmbedder {
  constructor(private readonly embedder: Embedder) {
    super();
  }

  embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    return this.embedder.embed(texts);
  }
}
