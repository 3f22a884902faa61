import { Clock } from '#libs/kernel';

/** The machine's wall clock. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
