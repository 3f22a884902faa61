import { addressOf } from '../database/address.js';

/** Who listens in this process, by the hash of tenant and context: names of any length travel as 32 characters. */
export class Subscribers {
  readonly #byContext = new Map<string, Set<() => void>>();

  add(context: string, onWakeup: () => void): () => void {
    const here = this.#byContext.get(context) ?? new Set();
    this.#byContext.set(context, here.add(onWakeup));
    return () => {
      here.delete(onWakeup);
      if (here.size === 0 && this.#byContext.get(context) === here) this.#byContext.delete(context);
    };
  }

  wake(context: string): void {
    for (const onWakeup of this.#byContext.get(context) ?? []) onWakeup();
  }

  /** Where hints may have been lost, everybody looks. */
  wakeAll(): void {
    for (const context of this.#byContext.keys()) this.wake(context);
  }
}

/** How a context is named between processes. */
export function wakeupName(tenantId: string, context: string): string {
  return addressOf(tenantId, context);
}
