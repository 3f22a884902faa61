import type { Log } from '#libs/platform';

/** One regular piece of work; resolves with how many things it dropped. */
export interface UpkeepTask {
  readonly name: string;
  readonly run: () => Promise<number>;
}

/** Does the regular work of the stores, one task after another, again and again until it is stopped. */
export class Upkeep {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(
    private readonly tasks: readonly UpkeepTask[],
    private readonly intervalMs: number,
    private readonly log: Log,
  ) {}

  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.runOnce().then(() => {
        this.start();
      });
    }, this.intervalMs).unref();
  }

  /** A task that fails is logged and tried again next time; it does not keep the others from running. */
  async runOnce(): Promise<void> {
    for (const { name, run } of this.tasks) {
      if (this.#isStopped) return;
      try {
        const dropped = await run();
        if (dropped > 0) this.log.debug({ task: name, dropped }, 'upkeep');
      } catch (error) {
        this.log.warn({ task: name, err: error }, 'upkeep failed; it is tried again');
      }
    }
  }

  /** Waits for the task that runs; no other starts. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
