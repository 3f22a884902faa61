import { Clock } from '#libs/kernel';

/** A clock that stands still until it is told to go on. */
export class FakeClock extends Clock {
  #now: number;

  constructor(start = '2026-11-22T12:00:00.000Z') {
    super();
    this.#now = Date.parse(start);
  }

  override now(): Date {
    return new Date(this.#now);
  }

  advanceSeconds(seconds: number): void {
    this.#now += seconds * 1000;
  }
}
