/** Turns texts into unit vectors, for similarity by meaning. The same text gives the same vector. */
export interface TextEmbedder {
  /** One vector per text, in order; undefined when there is no embedder, or when it cannot embed now. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[] | undefined>;
}
