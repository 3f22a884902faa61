import type { Embedder } from '../ports/embedder.js';
import type { MemoryStore } from '../ports/memory-store.js';
import type { Pause } from '../ports/pause.js';
import { MemoryEmbeddingWorker } from './embedding-worker.js';

/** What `/readyz` and `/stats` say about the semantic arm. */
export interface EmbedderStatus {
  readonly model: string | null;
  readonly mode: 'hybrid' | 'keyword';
  /** Memories that have no vector of the model yet. */
  readonly pending: number;
  readonly lastError?: string | undefined;
}

/** The embedding worker where there is an embedder, and nothing to do where there is none. */
export class BackgroundEmbedding {
  readonly #worker: MemoryEmbeddingWorker | null;

  constructor(
    store: MemoryStore,
    private readonly embedder: Embedder | null,
    pause: Pause,
  ) {
    this.#worker = embedder === null ? null : new MemoryEmbeddingWorker(store, embedder, pause);
  }

  /** Takes up what is pending and loads a local model, so that the first query need not wait for it. */
  start(): void {
    this.nudge();
    if (this.embedder?.isLocal === true) this.embedder.embed(['start']).catch(() => undefined);
  }

  nudge(): void {
    this.#worker?.nudge();
  }

  async settle(): Promise<void> {
    await this.#worker?.settle();
  }

  async stop(): Promise<void> {
    await this.#worker?.stop();
  }

  async status(): Promise<EmbedderStatus> {
    if (this.embedder === null || this.#worker === null) return { model: null, mode: 'keyword', pending: 0 };
    const { lastError } = this.#worker;
    const pending = await this.#worker.countPending();
    return {
      model: this.embedder.model,
      mode: 'hybrid',
      pending,
      ...(lastError !== undefined && { lastError }),
    };
  }
}
