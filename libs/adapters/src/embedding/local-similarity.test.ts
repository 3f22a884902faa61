import { describe, expect, it } from 'vitest';
import { Embedder, type EmbedderAvailability } from '#libs/memory';
import { LocalSimilarity } from './local-similarity.js';

class AnEmbedder extends Embedder {
  readonly model = 'lengths';

  constructor(
    override readonly isLocal: boolean,
    private readonly state: EmbedderAvailability,
  ) {
    super();
  }

  override get availability(): EmbedderAvailability {
    return this.state;
  }

  override embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    return Promise.resolve(texts.map((text) => new Float32Array([text.length])));
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the similarity of messages by meaning', () => {
  it('is told by a local model that is there', async () => {
    const similarity = new LocalSimilarity(new AnEmbedder(true, { status: 'ready' }));
    expect(await similarity.embed(['a', 'bcd'])).toEqual([new Float32Array([1]), new Float32Array([3])]);
  });

  it('waits for no download, asks no service, and can do without', async () => {
    const absent = [
      new AnEmbedder(true, { status: 'downloading', percent: 3 }),
      new AnEmbedder(false, { status: 'ready' }),
      null,
    ];
    for (const embedder of absent) {
      expect(await new LocalSimilarity(embedder).embed(['a'])).toBeUndefined();
    }
  });
});
