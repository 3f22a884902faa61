import type { EmbedderAvailability } from '../ports/embedder.js';
import type { EmbeddingParts } from './embedding-parts.js';
import { MemoryEmbeddingWorker } from './embedding-worker.js';

/** What `/readyz` and `/stats` say about the semantic arm. */
export interface EmbedderStatus {
  /** Null where keywords alone answer and no model is on its way. */
  readonly model: string | null;
  readonly mode: 'hybrid' | 'keyword';
  /** Memories that wait for a vector of the model. */
  readonly pending: number;
  /** Present while the embedder is not ready. */
  readonly availability?: Exclude<EmbedderAvailability, { status: 'ready' }>;
  /** Present while a change of model is under way. */
  readonly change?: { readonly from: readonly string[]; readonly done: number; readonly total: number };
  /** Texts that the model refuses; they are tried again with the next start. */
  readonly setAside?: number;
  readonly lastError?: string;
}

/** The embedding worker where there is an embedder, and nothing to do where there is none. */
export class BackgroundEmbedding {
  readonly #worker: MemoryEmbeddingWorker | null;

  /** @param parts null: keywords alone answer. */
  constructor(private readonly parts: EmbeddingParts | null) {
    this.#worker = parts && new MemoryEmbeddingWorker(parts);
    parts?.embedder.onReady(() => this.#worker?.start());
  }

  /** Takes up what is pending and lets a local model get ready, so that the first query need not wait for it. */
  start(): void {
    // Earlier models serve also while the present one is still on its way.
    this.parts?.earlier.names().catch(() => undefined);
    this.#worker?.start();
    this.parts?.embedder.prepare();
  }

  nudge(): void {
    this.#worker?.nudge();
  }

  async settle(): Promise<void> {
    await this.#worker?.settle();
  }

  async stop(): Promise<void> {
    await this.#worker?.stop();
    await this.parts?.earlier.retire();
  }

  async status(): Promise<EmbedderStatus> {
    if (this.parts === null || this.#worker === null) return { model: null, mode: 'keyword', pending: 0 };
    const { embedder, earlier, store } = this.parts;
    const { availability, model } = embedder;
    const isSearchedByMeaning = availability.status === 'ready' || earlier.embedders.length > 0;
    const mode = isSearchedByMeaning ? 'hybrid' : 'keyword';
    if (availability.status === 'unavailable' && mode === 'keyword') {
      return { model: null, mode, pending: 0, availability };
    }
    const from = await earlier.names();
    const pending = await store.countWithoutEmbedding(from);
    const { lastError, setAside } = this.#worker;
    const done = from.length > 0 && pending > 0 ? await store.countEmbedded(model) : undefined;
    return {
      model,
      mode,
      pending,
      ...(availability.status !== 'ready' && { availability }),
      ...(done !== undefined && { change: { from, done, total: done + pending } }),
      ...(setAside > 0 && { setAside }),
      ...(lastError !== undefined && { lastError }),
    };
  }
}
