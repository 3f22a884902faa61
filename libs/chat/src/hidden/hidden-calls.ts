/** A call of one of our tools and its result, as JSON texts in the shape of the provider's messages. */
export interface HiddenCall {
  /** How many of the client's calls stand before it in its answer. */
  readonly after: number;
  readonly call: string;
  readonly result: string;
}

/** What the model did with our tools on the way to an answer that calls the client's, which is all the client sees. */
export interface HiddenCalls {
  /** Round by round, before that answer. */
  readonly earlier: readonly (readonly HiddenCall[])[];
  /** In that answer, beside the client's calls. */
  readonly beside: readonly HiddenCall[];
}
