/** Work that goes on after its answer was sent; shutdown waits for it. */
export class PendingWork {
  private readonly running = new Set<Promise<void>>();

  /** @param onFailure learns why the work failed; nobody else waits for it. */
  start(work: () => Promise<unknown>, onFailure: (error: unknown) => void): void {
    const run = Promise.resolve()
      .then(work)
      .then(() => undefined, onFailure)
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  /** Resolves when nothing runs any more. */
  async drain(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }
}
