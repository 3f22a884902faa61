import { HeadroomError, type Caller } from '#libs/kernel';
import type { PendingEmbedding } from '../ports/memory-store.js';
import type { Turn } from '../ports/turns.js';
import type { EmbeddingParts } from './embedding-parts.js';
import { embedSoundly, type EmbeddingSteps } from './poison.js';

/** What is held in memory of a backlog at any time. */
const BATCH_SIZE = 64;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 60_000;
/** How soon another process's turn is asked for again, in case that process died. */
const TURN_REST_MS = 2_000;
/** A service that asks for more is asked again nevertheless. */
const LONGEST_ASKED_PAUSE_MS = 60 * 60_000;
const TURN = 'embedding';
/** A vector that comes this much later is hardly missed; a round for every single write would hold up the next one. */
const GATHERING_MS = 200;

/**
 * Embeds in the background what was stored without a vector, or with one of an earlier model. What is pending is asked
 * of the store, never remembered: after a crash, or a change of model, it goes on where it stood. Of several processes
 * on one store one embeds at a time. A failure of the model is retried with growing pauses; a text that the model
 * refuses is set aside until the next start.
 */
export class MemoryEmbeddingWorker {
  readonly #refused = new Set<string>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #wanted = false;
  #rest = new AbortController();
  #failures = 0;
  #lastError: string | undefined;
  #waiting: (() => void)[] = [];
  readonly #steps: EmbeddingSteps = {
    embed: async (texts) => {
      const { embedder, dimensions } = this.parts;
      const vectors = await embedder.embed(texts, { isBackground: true });
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

  constructor(private readonly parts: EmbeddingParts) {}

  /** The message of the last failure; undefined while all is well. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** How many texts the model refused since the start. */
  get setAside(): number {
    return this.#refused.size;
  }

  /** There may be work; never waits for it. What comes within moments is embedded together. */
  nudge(): void {
    this.#begin(GATHERING_MS);
  }

  #begin(gathering: number): void {
    if (this.#stop.signal.aborted) return;
    this.#wanted = true;
    this.#running ??= this.#run(gathering).finally(() => {
      this.#running = null;
      if (this.#goesOn()) this.nudge();
      else this.#tellWaiting();
    });
  }

  /** Resolves when nothing is pending, or when an attempt has failed. */
  async settle(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const settled = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#rest.abort();
    this.#begin(0);
    await settled;
  }

  /** Lets the batch in hand end and takes no further one. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#rest.abort();
    await this.#running;
    this.#tellWaiting();
  }

  async #run(gathering: number): Promise<void> {
    if (gathering > 0) await this.#restFor(gathering);
    do {
      this.#wanted = false;
      // An embedder that is not ready calls back when it is.
      if (this.parts.embedder.availability.status !== 'ready') return;
      try {
        const isDone = await this.#takeTurn();
        this.#failures = 0;
        this.#lastError = undefined;
        if (!isDone) await this.#restFor(TURN_REST_MS);
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
    this.#tellWaiting();
    const backOff = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** this.#failures++);
    await this.#restFor(Math.max(backOff, askedPause(error)));
  }

  async #restFor(milliseconds: number): Promise<void> {
    this.#wanted = true;
    if (this.#stop.signal.aborted) return;
    this.#rest = new AbortController();
    await this.parts.pause.wait(milliseconds, this.#rest.signal);
  }

  /** @returns false when something is pending and it is another process's turn. */
  async #takeTurn(): Promise<boolean> {
    const earlier = await this.parts.earlier.names();
    if ((await this.#nextBatch(earlier)).length === 0) return this.#complete(earlier);
    const turn = await this.parts.turns.take(TURN);
    if (turn === null) return false;
    try {
      return await this.#embedAll(earlier, turn);
    } finally {
      await turn.end();
    }
  }

  async #embedAll(earlier: readonly string[], turn: Turn): Promise<boolean> {
    while (!this.#stop.signal.aborted) {
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

  #tellWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((resolve) => {
      resolve();
    });
  }
}

/** How long the service wants to be left alone, in milliseconds. */
function askedPause(error: unknown): number {
  const pause = error instanceof HeadroomError ? error.details['retry_after_ms'] : undefined;
  return typeof pause === 'number' ? Math.min(pause, LONGEST_ASKED_PAUSE_MS) : 0;
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
