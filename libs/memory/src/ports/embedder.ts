/** A local model may have to be fetched first, or be damaged. */
export type EmbedderAvailability =
  | { readonly status: 'ready' }
  | { readonly status: 'downloading'; readonly percent: number }
  /** @property detail why, and the remedy. */
  | { readonly status: 'unavailable'; readonly detail: string };

export interface EmbedOptions {
  readonly signal?: AbortSignal | undefined;
  /** Nobody waits for these texts: they give way to texts that somebody waits for. */
  readonly isBackground?: boolean | undefined;
}

const READY: EmbedderAvailability = { status: 'ready' };

/** Turns text into vectors for the semantic arm. */
export abstract class Embedder {
  /** The model's name; vectors of different models are never compared. */
  abstract readonly model: string;

  /** True when no network stands between: a write may then wait some milliseconds for its vector. */
  readonly isLocal: boolean = false;

  /** Whether it can embed now. A service is always asked, and may fail; a local model is there or not. */
  get availability(): EmbedderAvailability {
    return READY;
  }

  /** Begins to get ready in the background; a local model is loaded, and fetched first where it is missing. */
  prepare(): void {
    // What is reached over the network needs no preparation.
  }

  /** Calls back whenever the embedder becomes ready after it was not. */
  onReady(_listener: () => void): void {
    // What is always ready never becomes it.
  }

  /** @returns one unit-length vector per text, in order. @throws when the model cannot be reached. */
  abstract embed(texts: readonly string[], options?: EmbedOptions): Promise<readonly Float32Array[]>;

  abstract close(): Promise<void>;
}
