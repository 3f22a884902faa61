/** Tells how much each word of a text is needed (LLMLingua-2, Pan et al. 2024). */
export abstract class TokenClassifier {
  /** The chance between 0 and 1 that a word is to be kept, one per word, in order. */
  abstract keepProbabilities(words: readonly string[]): Promise<Float32Array>;
}
