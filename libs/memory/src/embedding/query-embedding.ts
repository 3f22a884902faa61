import type { SearchFallback } from '../contract.js';
import type { Embedder } from '../ports/embedder.js';
import type { Embedding } from '../ports/memory-store.js';
import type { Pause } from '../ports/pause.js';

/** Embeds one text under a deadline; a search is better answered by keywords than late. */
export class QueryEmbedding {
  constructor(
    private readonly embedder: Embedder | null,
    private readonly pause: Pause,
    private readonly deadlineMs: number,
  ) {}

  /** @returns the vector, or why there is none. */
  async embed(text: string, deadlineMs = this.deadlineMs): Promise<Embedding | SearchFallback> {
    if (this.embedder === null) return 'no_embedder';
    const { model } = this.embedder;
    const done = new AbortController();
    const cancelled = new AbortController();
    const late = this.pause.wait(deadlineMs, done.signal).then(() => 'embedder_timeout' as const);
    const vector = this.embedder.embed([text], cancelled.signal).then(
      ([first]) => (first === undefined ? ('embedder_failed' as const) : { model, vector: first }),
      () => 'embedder_failed' as const,
    );
    const outcome = await Promise.race([vector, late]);
    done.abort();
    if (outcome === 'embedder_timeout') cancelled.abort();
    return outcome;
  }
}
