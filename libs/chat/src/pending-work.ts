/** Work that goes on after its answer was sent; shutdown waits for it, and so may whoever needs its outcome. */
export class PendingWork {
  private readonly running = new Map<Promise<void>, string | undefined>();

  /**
   * Starts once what is being sent at the moment is on its way.
   * @param onFailure learns why the work failed; nobody else is told.
   * @param key names what the work is for; see {@link settled}.
   */
  start(work: () => Promise<unknown>, onFailure: (error: unknown) => void, key?: string): void {
    const run = new Promise((resolve) => setImmediate(resolve))
      .then(work)
      .then(() => undefined, onFailure)
      .finally(() => this.running.delete(run));
    this.running.set(run, key);
  }

  /** Resolves when no work with that key runs any more. */
  async settled(key: string): Promise<void> {
    if (this.running.size === 0) return;
    await Promise.all([...this.running].filter(([, of]) => of === key).map(([run]) => run));
  }

  /** Resolves when nothing runs any more. */
  async drain(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.keys());
  }
}
