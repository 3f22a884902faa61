import { setTimeout as sleep } from 'node:timers/promises';
import { Pause } from '#libs/kernel';

/** Waits by the process's timer, which never keeps the process alive by itself. */
export class TimerPause extends Pause {
  override async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await sleep(milliseconds, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined);
  }
}
