/** The wall clock, handed in so that rules about time can be tested. */
export abstract class Clock {
  abstract now(): Date;
}

/** Makes ids that sort by creation: `prefix` + `_` + UUIDv7 (RFC 9562). */
export abstract class Ids {
  abstract next(prefix: string): string;
}

/** Lets time pass, handed in so that back-off and deadlines can be tested without waiting. */
export abstract class Pause {
  /**
   * Resolves after `milliseconds`, or at once when the signal is aborted; it never rejects. Also a pause of 0 lets what
   * waits on the event loop go first: an embedded store answers without ever going back to it.
   */
  abstract wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
