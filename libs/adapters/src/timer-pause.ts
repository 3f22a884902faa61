import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Pause } from '#libs/kernel';

/** Waits by the process's timer, which never keeps the process alive by itself. */
export class TimerPause extends Pause {
  override async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const options = { ref: false, ...(signal && { signal }) };
    // A timer takes a millisecond at least, which adds up where only others are to be let through.
    const over = milliseconds > 0 ? sleep(milliseconds, undefined, options) : turn(undefined, options);
    await over.catch(() => undefined);
  }
}
