import { randomUUID } from 'node:crypto';
import { ContextWakeups } from '#libs/shared-context';
import { Subscribers, wakeupName } from './subscribers.js';

/** The channel between servers. */
export const WAKEUP_CHANNEL = 'headroom_context_wakeups';

/** A way to tell all servers something, among them this one. */
export interface Broadcast {
  /** Hears from now on; `onRestored` when it hears again after a break. Comes back by itself after every break. */
  listen(onMessage: (message: string) => void, onRestored: () => void): void;
  /** @throws when it could not be sent. */
  send(messages: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * For several servers on one store. Readers in this process are woken at once, those of others through the broadcast.
 * What is announced while a message is on its way goes together in the next.
 */
export class BroadcastWakeups extends ContextWakeups {
  readonly #subscribers = new Subscribers();
  readonly #toTell = new Set<string>();
  readonly #self = randomUUID().slice(0, 8);
  #isListening = false;
  #isClosed = false;
  #telling: Promise<void> | undefined;

  constructor(
    private readonly broadcast: Broadcast,
    private readonly onFault: (error: unknown) => void,
  ) {
    super();
  }

  override announce(tenantId: string, context: string): void {
    const name = wakeupName(tenantId, context);
    this.#subscribers.wake(name);
    if (this.#isClosed) return;
    this.#toTell.add(name);
    this.#telling ??= this.#tell();
  }

  override subscribe(tenantId: string, context: string, onWakeup: () => void): () => void {
    if (!this.#isListening) this.#listen();
    return this.#subscribers.add(wakeupName(tenantId, context), onWakeup);
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    await this.#telling;
    await this.broadcast.close();
  }

  #listen(): void {
    this.#isListening = true;
    this.broadcast.listen(
      (message) => {
        const [sender, name] = message.split(' ');
        if (sender !== this.#self && name !== undefined) this.#subscribers.wake(name);
      },
      () => {
        this.#subscribers.wakeAll();
      },
    );
  }

  async #tell(): Promise<void> {
    while (this.#toTell.size > 0) {
      const messages = [...this.#toTell].map((name) => `${this.#self} ${name}`);
      this.#toTell.clear();
      try {
        await this.broadcast.send(messages);
      } catch (error) {
        // A hint is lost; readers look by themselves before long.
        this.onFault(error);
      }
    }
    this.#telling = undefined;
  }
}
