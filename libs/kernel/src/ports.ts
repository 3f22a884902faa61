/** The wall clock, handed in so that rules about time can be tested. */
export abstract class Clock {
  abstract now(): Date;
}

/** Makes ids that sort by creation: `prefix` + `_` + UUIDv7 (RFC 9562). */
export abstract class Ids {
  abstract next(prefix: string): string;
}
