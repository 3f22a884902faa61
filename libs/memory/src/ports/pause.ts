/** Lets time pass, handed in so that back-off and deadlines can be tested without waiting. */
export abstract class Pause {
  /** Resolves after `milliseconds`, or at once when the signal is aborted; it never rejects. */
  abstract wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
