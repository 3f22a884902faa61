/** Turns text into vectors for the semantic arm. */
export abstract class Embedder {
  /** The model's name; vectors of different models are never compared. */
  abstract readonly model: string;

  /** @returns one unit-length vector per text, in order. @throws when the model cannot be reached. */
  abstract embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;

  abstract close(): Promise<void>;
}
