import type { Caller } from '#libs/kernel';
import type { PendingEmbedding } from '../ports/memory-store.js';
import type { Turn } from '../ports/turns.js';
import type { EmbeddingParts } from './embedding-parts.js';
import { embedSoundly, type EmbeddingSteps } from './poison.js';

/** What is held in memory of a backlog at any time. */
const BATCH_SIZE = 64;
/** How soon another process's turn is asked for again, in case that process died. */
const TURN_REST_MS = 2_000;
const TURN = 'embedding';
/** A vector that comes this much later is hardly missed; a job for every single write would hold up the next one. */
const GATHERING_MS = 200;
/** A job that was lost, or given up while the model was down, is made good for by the next one. */
const EVERY_MS = 60_000;

/**
 * Embeds in the background what was stored without a vector, or with one of an earlier model: as a job that finds out
 * from the store what is pending, so that nothing is lost with a job, and that the queue tries again when the model
 * fails. Of several processes on one store one embeds at a time. A text that the model refuses is set aside until the
 * next start.
 */
export class MemoryEmbeddingWorker {
  readonly #refused = new Set<string>();
  readonly #stop = new AbortController();
  /** Servers of different models on one queue do not take each other's jobs. */
  readonly #job: string;
  #takesJobs = false;
  #wanted = false;
  #isAsking = false;
  #running: Promise<unknown> = Promise.resolve();
  #lastError: string | undefined;
  readonly #steps: EmbeddingSteps = {
    embed: async (texts) => {
      const { embedder, dimensions } = this.parts;
      const vectors = await embedder.embed(texts, { isBackground: true, signal: this.#stop.signal });
      dimensions.check(embedder.model, vectors, texts.length);
      return vectors;
    },
    save: async (batch, vectors) => {
      const { embedder, store } = this.parts;
      for (const { caller, vectors: theirs } of byTenant(batch, vectors)) {
        await store.saveEmbeddings(caller, embedder.model, theirs);
      }
    },
  };

  constructor(private readonly parts: EmbeddingParts) {
    this.#job = `embed.${parts.embedder.model.replaceAll(/[^\w.-]/g, '-')}`;
  }

  /** The message of the last failure; undefined while all is well. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** How many texts the model refused since the start. */
  get setAside(): number {
    return this.#refused.size;
  }

  /** Takes the jobs of its model, once that is there: until then another process may. */
  start(): void {
    const { jobs, embedder } = this.parts;
    if (!this.#takesJobs && embedder.availability.status === 'ready') {
      this.#takesJobs = true;
      jobs.handle(this.#job, (_job, closing) => this.#run(closing));
      jobs.repeat(this.#job, this.#job, EVERY_MS);
    }
    this.nudge();
  }

  /** There may be work; never waits for it. What comes within moments is embedded together. */
  nudge(): void {
    this.#wanted = true;
    if (!this.#isAsking) void this.#ask();
  }

  /** Resolves when nothing is pending, or when an attempt has failed. */
  async settle(): Promise<void> {
    try {
      while (!(await this.#round(this.#stop.signal))) {
        await this.parts.pause.wait(TURN_REST_MS, this.#stop.signal);
      }
    } catch {
      // It is the last error of the status.
    }
  }

  /** Cuts off what is being embedded, which the next start takes up again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Without the queue this process sees to it itself: the store says what is pending, and whose turn it is. */
  async #ask(): Promise<void> {
    this.#isAsking = true;
    while (this.#wanted && !this.#stop.signal.aborted) {
      this.#wanted = false;
      await this.#enqueue(GATHERING_MS).catch(() => this.settle());
    }
    this.#isAsking = false;
  }

  async #enqueue(delayMs: number): Promise<void> {
    await this.parts.jobs.enqueue(this.#job, {}, { id: this.#job, delayMs });
  }

  async #run(closing: AbortSignal): Promise<void> {
    const isDone = await this.#round(AbortSignal.any([closing, this.#stop.signal]));
    if (!isDone && !closing.aborted) await this.#enqueue(TURN_REST_MS);
  }

  /** One at a time in this process. @returns false when something is pending and it is another process's turn. */
  #round(stopping: AbortSignal): Promise<boolean> {
    if (stopping.aborted) return Promise.resolve(true);
    const round = this.#running.then(() => this.#embedPending(stopping));
    this.#running = round.catch(() => undefined);
    return round;
  }

  async #embedPending(stopping: AbortSignal): Promise<boolean> {
    // A model that is not there any more calls back when it is again.
    if (this.parts.embedder.availability.status !== 'ready') return true;
    try {
      const isDone = await this.#takeTurn(stopping);
      this.#lastError = undefined;
      return isDone;
    } catch (error) {
      if (stopping.aborted) return true;
      this.#lastError = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  async #takeTurn(stopping: AbortSignal): Promise<boolean> {
    const earlier = await this.parts.earlier.names();
    if ((await this.#nextBatch(earlier)).length === 0) return this.#complete(earlier);
    const turn = await this.parts.turns.take(TURN);
    if (turn === null) return false;
    try {
      return await this.#embedAll(earlier, turn, stopping);
    } finally {
      await turn.end();
    }
  }

  async #embedAll(earlier: readonly string[], turn: Turn, stopping: AbortSignal): Promise<boolean> {
    while (!stopping.aborted) {
      const batch = await this.#nextBatch(earlier);
      if (batch.length === 0) return this.#complete(earlier);
      if (!turn.isHeld) return false;
      const refused = await embedSoundly(batch, this.#steps);
      refused.forEach((id) => this.#refused.add(id));
    }
    return true;
  }

  async #nextBatch(earlier: readonly string[]): Promise<readonly PendingEmbedding[]> {
    const limit = BATCH_SIZE + this.#refused.size;
    const pending = await this.parts.store.withoutEmbedding(earlier, limit);
    return pending.filter(({ id }) => !this.#refused.has(id)).slice(0, BATCH_SIZE);
  }

  /** What was set aside keeps its earlier vector, so that the earlier model goes on finding it. */
  async #complete(earlier: readonly string[]): Promise<true> {
    if (earlier.length > 0 && this.#refused.size === 0) await this.parts.earlier.retire();
    return true;
  }
}

interface TenantVectors {
  readonly caller: Caller;
  readonly vectors: Map<string, Float32Array>;
}

function byTenant(
  batch: readonly PendingEmbedding[],
  vectors: readonly Float32Array[],
): Iterable<TenantVectors> {
  const tenants = new Map<string, TenantVectors>();
  batch.forEach(({ caller, id }, i) => {
    const vector = vectors[i];
    if (vector === undefined) return;
    const ofTenant = tenants.get(caller.tenantId) ?? { caller, vectors: new Map<string, Float32Array>() };
    ofTenant.vectors.set(id, vector);
    tenants.set(caller.tenantId, ofTenant);
  });
  return tenants.values();
}
