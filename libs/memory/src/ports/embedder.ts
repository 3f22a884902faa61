/** Turns text into vectors for the semantic arm. */
export abstract class Embedder {
  /** The model's name; vectors of different models are never compared. */
  abstract readonly model: string;

  /** True when no network stands between: a write may then wait some milliseconds for its vector. */
  readonly isLocal: boolean = false;

  /** @returns one unit-length vector per text, in order. @throws when the model cannot be reached. */
  abstract embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;

  abstract close(): Promise<void>;
}
