import { ContextWakeups } from '#libs/shared-context';
import { Subscribers, wakeupName } from './subscribers.js';

/** For a server that is the only one on its store. */
export class InProcessWakeups extends ContextWakeups {
  readonly #subscribers = new Subscribers();

  override announce(tenantId: string, context: string): void {
    this.#subscribers.wake(wakeupName(tenantId, context));
  }

  override subscribe(tenantId: string, context: string, onWakeup: () => void): () => void {
    return this.#subscribers.add(wakeupName(tenantId, context), onWakeup);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
