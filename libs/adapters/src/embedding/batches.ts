export interface BatchLimits {
  readonly texts: number;
  /** Of the longest text times their number: a model pads the others to its length. */
  readonly characters: number;
}

/** Consecutive texts, as many at a time as the limits allow and one at least. */
export function* batchesOf(texts: readonly string[], limits: BatchLimits): Generator<readonly string[]> {
  let batch: string[] = [];
  let longest = 0;
  for (const text of texts) {
    const next = Math.max(longest, text.length);
    const isFull = batch.length >= limits.texts || next * (batch.length + 1) > limits.characters;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      longest = 0;
    }
    batch.push(text);
    longest = Math.max(longest, text.length);
  }
  if (batch.length > 0) yield batch;
}
