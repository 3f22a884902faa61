import { HeadroomError } from '#libs/kernel';

/** How long the vectors of each model are. One model has one length: a mix would be found by half of the searches. */
export class ModelDimensions {
  readonly #known = new Map<string, number>();

  /** The length of what is stored already. */
  expect(model: string, dimensions: number): void {
    this.#known.set(model, dimensions);
  }

  /** @throws HeadroomError `unavailable` unless there is one sound vector of the model's length per text. */
  check(model: string, vectors: readonly Float32Array[], texts: number): void {
    if (vectors.length !== texts) {
      throw new HeadroomError('unavailable', `${model} gave ${vectors.length} vectors for ${texts} texts.`);
    }
    for (const vector of vectors) {
      const expected = this.#known.get(model) ?? vector.length;
      if (vector.length === 0 || !vector.every(Number.isFinite)) {
        throw new HeadroomError('unavailable', `${model} gave a vector that is empty or holds no numbers.`);
      }
      if (vector.length !== expected) throw changed(model, expected, vector.length);
      this.#known.set(model, expected);
    }
  }
}

function changed(model: string, before: number, now: number): HeadroomError {
  return new HeadroomError(
    'unavailable',
    `${model} gave ${before} dimensions before and gives ${now} now, so it is another model of the same name; ` +
      'give it a name of its own in HEADROOM_EMBEDDER_MODEL (with its tag, for example), and everything is embedded anew.',
    { expected: before, dimensions: now },
  );
}
