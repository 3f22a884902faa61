import type { Caller } from '#libs/kernel';
import type { Embedder } from '../ports/embedder.js';
import type { MemoryStore } from '../ports/memory-store.js';
import type { Pause } from '../ports/pause.js';

const BATCH_SIZE = 32;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 60_000;

type Pending = Awaited<ReturnType<MemoryStore['withoutEmbedding']>>[number];

/**
 * Embeds in the background what was stored without a vector of the current model. What is pending is asked of the
 * store, never remembered: after a crash, or a change of model, it goes on where it stood. A failure of the model is
 * retried with growing pauses; a single text that the model refuses is set aside until the next start.
 */
export class MemoryEmbeddingWorker {
  readonly #refused = new Set<string>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #wanted = false;
  #backOff = new AbortController();
  #failures = 0;
  #lastError: string | undefined;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly store: MemoryStore,
    private readonly embedder: Embedder,
    private readonly pause: Pause,
  ) {}

  /** The message of the last failure; undefined while all is well. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  countPending(): Promise<number> {
    return this.store.countWithoutEmbedding(this.embedder.model);
  }

  /** There may be work; never waits for it. */
  nudge(): void {
    if (this.#stop.signal.aborted) return;
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#goesOn()) this.nudge();
      else this.#tellWaiting();
    });
  }

  /** Resolves when nothing is pending, or when an attempt has failed. */
  async settle(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const settled = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#backOff.abort();
    this.nudge();
    await settled;
  }

  /** Lets the batch in hand end and takes no further one. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#backOff.abort();
    await this.#running;
    this.#tellWaiting();
  }

  async #run(): Promise<void> {
    do {
      this.#wanted = false;
      try {
        let found = true;
        while (found) found = await this.#embedNextBatch();
        this.#failures = 0;
        this.#lastError = undefined;
      } catch (error) {
        await this.#backOffAfter(error);
      }
    } while (this.#goesOn());
  }

  #goesOn(): boolean {
    return this.#wanted && !this.#stop.signal.aborted;
  }

  async #backOffAfter(error: unknown): Promise<void> {
    this.#lastError = error instanceof Error ? error.message : String(error);
    this.#wanted = true;
    this.#tellWaiting();
    if (this.#stop.signal.aborted) return;
    this.#backOff = new AbortController();
    const wait = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** this.#failures++);
    await this.pause.wait(wait, this.#backOff.signal);
  }

  /** @returns false when nothing was pending, or when it is time to stop. */
  async #embedNextBatch(): Promise<boolean> {
    if (this.#stop.signal.aborted) return false;
    const limit = BATCH_SIZE + this.#refused.size;
    const pending = await this.store.withoutEmbedding(this.embedder.model, limit);
    const batch = pending.filter(({ id }) => !this.#refused.has(id)).slice(0, BATCH_SIZE);
    if (batch.length === 0) return false;
    try {
      await this.#embed(batch);
    } catch (error) {
      await this.#embedOneByOne(batch, error);
    }
    return true;
  }

  async #embed(batch: readonly Pending[]): Promise<void> {
    const { model } = this.embedder;
    const vectors = await this.embedder.embed(batch.map(({ content }) => content));
    const ofTenants = new Map<string, { caller: Caller; vectors: Map<string, Float32Array> }>();
    for (const [i, { caller, id }] of batch.entries()) {
      const vector = vectors[i];
      if (vector === undefined)
        throw new Error(`${model} returned ${vectors.length} vectors for ${batch.length} texts`);
      const ofTenant = ofTenants.get(caller.tenantId) ?? { caller, vectors: new Map() };
      ofTenants.set(caller.tenantId, ofTenant);
      ofTenant.vectors.set(id, vector);
    }
    for (const { caller, vectors: ofTenant } of ofTenants.values()) {
      await this.store.saveEmbeddings(caller, model, ofTenant);
    }
  }

  /** Tells a text that the model refuses from a model that is down: then the first failure is thrown. */
  async #embedOneByOne(batch: readonly Pending[], failure: unknown): Promise<void> {
    const refused: string[] = [];
    for (const pending of batch) {
      try {
        await this.#embed([pending]);
      } catch {
        refused.push(pending.id);
        if (refused.length === 2 && batch.indexOf(pending) === 1) throw failure;
      }
    }
    if (refused.length === batch.length) throw failure;
    refused.forEach((id) => this.#refused.add(id));
  }

  #tellWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((resolve) => {
      resolve();
    });
  }
}
