/**
 * Tells the readers of a context, in every process, that something may have happened in it. A hint alone, which may
 * get lost or come twice: what happened stands in the log, where readers look without a hint too, if less often.
 */
export abstract class ContextWakeups {
  /** To be called when a change has been committed. It neither waits nor throws. */
  abstract announce(tenantId: string, context: string): void;

  /** @returns how to stop listening. */
  abstract subscribe(tenantId: string, context: string, onWakeup: () => void): () => void;

  /** Ends what was opened to hear and tell others. */
  abstract close(): Promise<void>;
}
