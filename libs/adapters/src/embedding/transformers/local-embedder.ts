import { setTimeout as sleep } from 'node:timers/promises';
import { HeadroomError } from '#libs/kernel';
import { Embedder, type EmbedderAvailability, type EmbedOptions } from '#libs/memory';
import type { LocalModel } from '../../local-models/local-model.js';
import { downloadModel } from '../../local-models/model-download.js';
import { hasModel, TransformersEmbedder } from './transformers-embedder.js';

export type NewsLevel = 'info' | 'warn';
/** Where an embedder says what becomes of it. */
export type Tell = (level: NewsLevel, news: string) => void;

export interface LocalEmbedderOptions extends LocalModel {
  /** The hub that a missing model is fetched from; undefined: it is never fetched. */
  readonly hubUrl?: string | undefined;
  readonly tell?: Tell | undefined;
  /** The pause before a failed attempt is repeated, doubled each time; default a minute. */
  readonly retryMs?: number | undefined;
}

const READY: EmbedderAvailability = { status: 'ready' };
const RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 15 * 60_000;
const LOGGED_STEP = 10;

/**
 * The model of a local folder, which is fetched from a hub in the background where it is missing. A folder that is
 * damaged, or a hub that cannot be reached, leaves it unavailable; both are looked at again with growing pauses, so
 * that it comes up without a restart.
 */
export class LocalEmbedder extends Embedder {
  override readonly isLocal = true;
  override readonly model: string;
  readonly #inner: TransformersEmbedder;
  readonly #closed = new AbortController();
  readonly #listeners: (() => void)[] = [];
  #availability: EmbedderAvailability;
  #arrival: Promise<void> | null = null;
  #lastNews = '';
  #toldPercent = 0;

  constructor(private readonly options: LocalEmbedderOptions) {
    super();
    this.model = options.model;
    const { directory, model } = options;
    this.#inner = new TransformersEmbedder({ directory, model }, (detail) => {
      this.#failed(detail);
      this.#arrive(true);
    });
    this.#availability = this.#isThere() ? READY : { status: 'unavailable', detail: this.#missing() };
  }

  override get availability(): EmbedderAvailability {
    return this.#availability;
  }

  override onReady(listener: () => void): void {
    this.#listeners.push(listener);
  }

  override prepare(): void {
    // A model that is damaged tells so by itself.
    if (this.#isThere()) this.#inner.load().catch(() => undefined);
    else this.#arrive(false);
  }

  override embed(texts: readonly string[], options?: EmbedOptions): Promise<readonly Float32Array[]> {
    if (this.#closed.signal.aborted) {
      return Promise.reject(new HeadroomError('unavailable', 'The embedder is closed.'));
    }
    if (this.#isThere()) return this.#inner.embed(texts, options);
    return Promise.reject(new HeadroomError('unavailable', this.#missing()));
  }

  override async close(): Promise<void> {
    this.#closed.abort();
    await this.#inner.close();
    await this.#arrival;
  }

  /** @param isLater whether a failure was just met, so that the next look is worth a pause. */
  #arrive(isLater: boolean): void {
    this.#arrival ??= this.#keepTrying(isLater).finally(() => {
      this.#arrival = null;
    });
  }

  async #keepTrying(isLater: boolean): Promise<void> {
    const { retryMs = RETRY_MS } = this.options;
    const { signal } = this.#closed;
    let pause = isLater ? retryMs : 0;
    for (let attempt = 0; ; attempt++) {
      await sleep(pause, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      const asked = await this.#attempt();
      if (asked === null) return;
      pause = Math.max(asked, Math.min(LONGEST_RETRY_MS, retryMs * 2 ** attempt));
    }
  }

  /** @returns null when the model is there, otherwise how long the hub wants to be left alone, in milliseconds. */
  async #attempt(): Promise<number | null> {
    const { directory, model, hubUrl } = this.options;
    const { signal } = this.#closed;
    try {
      if (!this.#isThere()) {
        if (hubUrl === undefined) throw new HeadroomError('unavailable', this.#missing());
        await downloadModel({
          directory,
          model,
          hubUrl,
          signal,
          onProgress: (percent) => {
            this.#progress(percent);
          },
        });
      }
      signal.throwIfAborted();
      await this.#inner.load();
    } catch (error) {
      if (signal.aborted) return 0;
      this.#failed(error instanceof Error ? error.message : String(error));
      return retryAfter(error);
    }
    this.#availability = READY;
    this.options.tell?.('info', `the embedding model ${model} is ready`);
    this.#listeners.forEach((listener) => {
      listener();
    });
    return null;
  }

  #progress(percent: number): void {
    const { model, hubUrl, tell } = this.options;
    this.#availability = { status: 'downloading', percent };
    if (percent === 0) tell?.('info', `downloading the embedding model ${model} from ${hubUrl ?? ''}`);
    else if (percent >= this.#toldPercent + LOGGED_STEP) {
      tell?.('info', `downloading the embedding model: ${percent} %`);
    } else return;
    this.#toldPercent = percent - (percent % LOGGED_STEP);
  }

  /** Says the same thing once. */
  #failed(detail: string): void {
    this.#availability = { status: 'unavailable', detail };
    if (detail !== this.#lastNews) this.options.tell?.('warn', `${detail} Until then keywords alone answer.`);
    this.#lastNews = detail;
  }

  #isThere(): boolean {
    return hasModel(this.options.directory, this.options.model);
  }

  #missing(): string {
    return `The embedding model ${this.options.model} is not there yet.`;
  }
}

function retryAfter(error: unknown): number {
  const pause = error instanceof HeadroomError ? error.details['retry_after_ms'] : undefined;
  return typeof pause === 'number' ? pause : 0;
}
