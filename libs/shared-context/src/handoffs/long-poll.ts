import type { Caller, Pause } from '#libs/kernel';
import type { ContextWakeups } from '../events/context-wakeups.js';

/** How long a reader may wait for something to read. */
export interface Wait {
  readonly seconds: number;
  /** Aborted when nobody is there any more to be answered. */
  readonly signal?: AbortSignal | undefined;
}

/** A hint may get lost: so often a reader looks without one, in milliseconds. */
const LOOK_MS = 2_000;

/** Reads a context again whenever something may have happened in it. */
export class LongPoll {
  private readonly waiting = new Set<() => void>();
  private isClosed = false;

  constructor(
    private readonly wakeups: ContextWakeups,
    private readonly pause: Pause,
  ) {}

  /** @returns the first reading that is enough, or the last one when the time is over or the reader is gone. */
  async until<T>(
    { tenantId }: Caller,
    context: string,
    wait: Wait,
    read: () => Promise<T>,
    isEnough: (reading: T) => boolean,
  ): Promise<T> {
    let rest = new AbortController();
    const over = new AbortController();
    const wake = (): void => {
      rest.abort();
    };
    const end = (): void => {
      over.abort();
      wake();
    };
    const unsubscribe = this.wakeups.subscribe(tenantId, context, wake);
    wait.signal?.addEventListener('abort', end);
    this.waiting.add(end);
    if (this.isClosed || wait.signal?.aborted === true) end();
    void this.pause.wait(wait.seconds * 1000, over.signal).then(end);
    try {
      for (;;) {
        // Made before it reads: what is announced meanwhile makes it look again at once.
        rest = new AbortController();
        const reading = await read();
        if (isEnough(reading) || over.signal.aborted) return reading;
        await this.pause.wait(LOOK_MS, rest.signal);
      }
    } finally {
      this.waiting.delete(end);
      wait.signal?.removeEventListener('abort', end);
      unsubscribe();
      end();
    }
  }

  /** Ends every wait at once, with what there is by then. */
  close(): void {
    this.isClosed = true;
    for (const end of this.waiting) end();
  }
}
