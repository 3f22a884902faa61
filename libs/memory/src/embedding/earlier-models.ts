import type { Embedder } from '../ports/embedder.js';
import type { MemoryStore } from '../ports/memory-store.js';
import type { ModelDimensions } from './model-dimensions.js';

/** Opens the embedder of a model that was used before; null when it can no longer be had. */
export type OpenEarlier = (model: string) => Embedder | null;

/**
 * The models of which there were vectors when this process started. Theirs are replaced, and until then they serve the
 * searches. Models that another process brings later are left alone: otherwise two servers of different settings, as
 * during a rolling update, would replace each other's vectors without end.
 */
export class EarlierModels {
  #names: Promise<readonly string[]> | null = null;
  #embedders: readonly Embedder[] = [];

  constructor(
    private readonly store: MemoryStore,
    private readonly model: string,
    private readonly dimensions: ModelDimensions,
    private readonly open: OpenEarlier,
  ) {}

  /** Those that can still embed a query; none before {@link names} was asked and after {@link retire}. */
  get embedders(): readonly Embedder[] {
    return this.#embedders.filter(({ availability }) => availability.status === 'ready');
  }

  /** Asked of the store once; asked again when that failed. */
  names(): Promise<readonly string[]> {
    this.#names ??= this.#load().catch((error: unknown) => {
      this.#names = null;
      throw error;
    });
    return this.#names;
  }

  /** Lets go of one that failed: keywords find what only its vectors would have found. */
  async drop(embedder: Embedder): Promise<void> {
    this.#embedders = this.#embedders.filter((other) => other !== embedder);
    await embedder.close();
  }

  /** No vector of theirs is left, or the process ends. */
  async retire(): Promise<void> {
    const embedders = this.#embedders;
    this.#embedders = [];
    await Promise.all(embedders.map((embedder) => embedder.close()));
  }

  async #load(): Promise<readonly string[]> {
    const stored = await this.store.embeddingModels();
    for (const { model, dimensions } of stored) this.dimensions.expect(model, dimensions);
    const names = stored.map(({ model }) => model).filter((model) => model !== this.model);
    this.#embedders = names.map((name) => this.open(name)).filter((embedder) => embedder !== null);
    return names;
  }
}
