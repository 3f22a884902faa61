import type { Pause } from '#libs/kernel';
import type { SearchFallback } from '../contract.js';
import type { Embedder } from '../ports/embedder.js';
import type { Embedding } from '../ports/memory-store.js';
import type { EarlierModels } from './earlier-models.js';
import type { ModelDimensions } from './model-dimensions.js';

/** A query as each model says it whose vectors serve, the present model first. */
export interface EmbeddedQuery {
  readonly embeddings: readonly Embedding[];
  /** Why there are none. */
  readonly fallback?: SearchFallback | undefined;
}

/** Embeds one text under a deadline; a search is better answered by keywords than late. */
export class QueryEmbedding {
  constructor(
    private readonly embedder: Embedder | null,
    private readonly earlier: EarlierModels | null,
    private readonly dimensions: ModelDimensions,
    private readonly pause: Pause,
    private readonly deadlineMs: number,
  ) {}

  /** By the present model. @returns the vector, or why there is none. */
  async embed(text: string, deadlineMs = this.deadlineMs): Promise<Embedding | SearchFallback> {
    if (this.embedder === null || this.embedder.availability.status !== 'ready') return 'no_embedder';
    return this.#embedBy(this.embedder, text, deadlineMs);
  }

  /** By the present model, and by earlier ones while vectors of theirs are left. */
  async embedQuery(text: string): Promise<EmbeddedQuery> {
    const [present, ...earlier] = await Promise.all([
      this.embed(text),
      ...(this.earlier?.embedders ?? []).map((embedder) => this.#embedByEarlier(embedder, text)),
    ]);
    const embeddings = [present, ...earlier].filter((outcome) => typeof outcome !== 'string');
    if (embeddings.length > 0 || typeof present !== 'string') return { embeddings };
    return { embeddings, fallback: present };
  }

  async #embedByEarlier(embedder: Embedder, text: string): Promise<Embedding | SearchFallback> {
    const outcome = await this.#embedBy(embedder, text, this.deadlineMs);
    if (outcome === 'embedder_failed') await this.earlier?.drop(embedder);
    return outcome;
  }

  async #embedBy(embedder: Embedder, text: string, deadlineMs: number): Promise<Embedding | SearchFallback> {
    const { model } = embedder;
    const done = new AbortController();
    const cancelled = new AbortController();
    const late = this.pause.wait(deadlineMs, done.signal).then(() => 'embedder_timeout' as const);
    const embedding = embedder.embed([text], { signal: cancelled.signal }).then(
      (vectors) => this.#sound(model, vectors),
      () => 'embedder_failed' as const,
    );
    const outcome = await Promise.race([embedding, late]);
    done.abort();
    if (outcome === 'embedder_timeout') cancelled.abort();
    return outcome;
  }

  #sound(model: string, vectors: readonly Float32Array[]): Embedding | 'embedder_failed' {
    try {
      this.dimensions.check(model, vectors, 1);
    } catch {
      // The background worker meets the same and says it in the status.
      return 'embedder_failed';
    }
    const [vector] = vectors;
    return vector === undefined ? 'embedder_failed' : { model, vector };
  }
}
