import { type Caller, maySee, wholeTenant } from '#libs/kernel';
import type { ContextEventBatch } from './context-event-log.js';
import { ContextTail, EVENTS_PER_READ, type TailParts } from './context-tail.js';

/** A reader hears that nothing happened as often, in milliseconds, so that both ends know that the other is there. */
const QUIET_MS = 15_000;

interface SharedTail {
  readonly tail: ContextTail;
  readers: number;
}

/** One who follows a context, until `quit` is aborted. */
interface Reader {
  readonly caller: Caller;
  readonly context: string;
  readonly tail: ContextTail;
  readonly quit: AbortSignal;
}

/** What happens in shared contexts, to be followed by any number of readers, each at its own pace. */
export class ContextEvents {
  private readonly tails = new Map<string, SharedTail>();
  private readonly readers = new Set<AbortController>();
  private isClosed = false;

  constructor(
    private readonly parts: TailParts,
    private readonly quietMs = QUIET_MS,
  ) {}

  /**
   * Every event after a position, or from now on, once and in order, as far as the caller may see it; ends when the
   * signal is aborted. A batch without events tells where the reader stands: first, and when it is quiet.
   * @throws HeadroomError `storage_error` when reading the log fails; who reads on from the last batch misses nothing.
   */
  async *follow(
    caller: Caller,
    context: string,
    after: number | undefined,
    gone: AbortSignal,
  ): AsyncGenerator<ContextEventBatch, void, undefined> {
    const quitting = new AbortController();
    const quit = (): void => {
      quitting.abort();
    };
    if (gone.aborted || this.isClosed) quit();
    gone.addEventListener('abort', quit);
    this.readers.add(quitting);
    const reader = { caller, context, tail: this.join(caller, context), quit: quitting.signal };
    try {
      let batch = await this.begin(caller, context, after);
      while (!reader.quit.aborted) {
        yield batch;
        batch = await this.nextFor(reader, batch.next);
      }
    } finally {
      gone.removeEventListener('abort', quit);
      this.readers.delete(quitting);
      this.part(caller, context);
    }
  }

  /** Ends every stream; each can be resumed, here or elsewhere. */
  close(): void {
    this.isClosed = true;
    for (const reader of this.readers) reader.abort();
  }

  private async begin(
    caller: Caller,
    context: string,
    after: number | undefined,
  ): Promise<ContextEventBatch> {
    const { store, log, clock } = this.parts;
    if (after !== undefined) return log.read(caller, context, after, EVENTS_PER_READ);
    // What has expired by now happened before.
    await store.expire(caller, context, clock.now());
    return standingAt(await log.newest(caller, context));
  }

  /** What there is to tell next, or where the reader stands when nothing came for a while. */
  private async nextFor(reader: Reader, after: number): Promise<ContextEventBatch> {
    const { caller, context, tail, quit } = reader;
    const silence = new AbortController();
    const told = new AbortController();
    const stop = (): void => {
      silence.abort();
    };
    quit.addEventListener('abort', stop);
    if (quit.aborted) stop();
    void this.parts.pause.wait(this.quietMs, told.signal).then(stop);
    try {
      for (let position = after; ;) {
        const news = await tail.next(position, silence.signal);
        if (silence.signal.aborted) return standingAt(position);
        const batch = news
          ? { ...news, events: news.events.filter(({ userId }) => maySee(caller, userId)) }
          : await this.parts.log.read(caller, context, position, EVENTS_PER_READ);
        if (batch.events.length > 0 || batch.missed) return batch;
        position = batch.next;
      }
    } finally {
      quit.removeEventListener('abort', stop);
      told.abort();
    }
  }

  private join(caller: Caller, context: string): ContextTail {
    const name = nameOf(caller, context);
    const shared = this.tails.get(name) ?? {
      tail: new ContextTail(this.parts, wholeTenant(caller), context),
      readers: 0,
    };
    this.tails.set(name, shared);
    shared.readers++;
    return shared.tail;
  }

  private part(caller: Caller, context: string): void {
    const name = nameOf(caller, context);
    const shared = this.tails.get(name);
    if (shared === undefined || --shared.readers > 0) return;
    this.tails.delete(name);
    shared.tail.end();
  }
}

function standingAt(position: number): ContextEventBatch {
  return { events: [], next: position, missed: false };
}

function nameOf({ tenantId }: Caller, context: string): string {
  return JSON.stringify([tenantId, context]);
}
