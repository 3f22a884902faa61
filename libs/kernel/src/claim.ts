/**
 * What a request does under its idempotency key. Each store call that writes is a step, known by its place: the same
 * request, sent again after its server died, goes through the same steps, and finds which of them were done.
 */
export class Claim {
  #steps = 0;

  constructor(
    readonly key: string,
    /** Of all that makes two requests the same. */
    readonly bodyHash: string,
  ) {}

  /** The number of the next step, from 0. */
  nextStep(): number {
    return this.#steps++;
  }
}
