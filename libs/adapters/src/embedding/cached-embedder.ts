import { Embedder, type EmbedderAvailability, type EmbedOptions } from '#libs/memory';
import { LRUCache } from 'lru-cache';

const MAX_TEXTS = 2_000;
/** Longer texts are documents, which are embedded once. */
const MAX_CHARACTERS = 2_000;

/**
 * Remembers the vectors of short texts: the same question is asked again on every call of a tool loop. Background texts
 * pass by: each is embedded once, and would push out what is asked again.
 */
export class CachedEmbedder extends Embedder {
  override readonly isLocal: boolean;
  readonly #vectors: LRUCache<string, Float32Array>;

  constructor(
    private readonly embedder: Embedder,
    maxTexts = MAX_TEXTS,
  ) {
    super();
    this.isLocal = embedder.isLocal;
    this.#vectors = new LRUCache({ max: maxTexts });
  }

  override get model(): string {
    return this.embedder.model;
  }

  override get availability(): EmbedderAvailability {
    return this.embedder.availability;
  }

  override prepare(): void {
    this.embedder.prepare();
  }

  override onReady(listener: () => void): void {
    this.embedder.onReady(listener);
  }

  override async embed(
    texts: readonly string[],
    options: EmbedOptions = {},
  ): Promise<readonly Float32Array[]> {
    if (options.isBackground === true) return this.embedder.embed(texts, options);
    const known = new Map<string, Float32Array>();
    for (const text of texts) {
      const vector = this.#vectors.get(text);
      if (vector !== undefined) known.set(text, vector);
    }
    const missing = [...new Set(texts)].filter((text) => !known.has(text));
    const vectors = missing.length === 0 ? [] : await this.embedder.embed(missing, options);
    missing.forEach((text, i) => {
      const vector = vectors[i];
      if (vector === undefined) return;
      known.set(text, vector);
      if (text.length <= MAX_CHARACTERS) this.#vectors.set(text, vector);
    });
    return texts.map((text) => known.get(text)).filter((vector) => vector !== undefined);
  }

  override close(): Promise<void> {
    return this.embedder.close();
  }
}
