/** Turns texts into unit vectors of one length, for relevance by meaning. The same text gives the same vector. */
export abstract class RelevanceEmbedder {
  /** One vector per text, in order. */
  abstract embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}
