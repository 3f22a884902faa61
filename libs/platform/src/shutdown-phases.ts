/**
 * In this order, once no request is in flight: what a later phase closes, an earlier one may still use. Jobs come first:
 * those that run use all the rest.
 */
export const SHUTDOWN_PHASES = ['queue', 'background', 'database'] as const;
export type ShutdownPhase = (typeof SHUTDOWN_PHASES)[number];

export type ShutdownStep = () => Promise<void> | void;

/**
 * What to close, and in which order, when the process ends. Whoever opens something registers how to close it:
 * `shutdown.register('database', 'close the database', () => database.close())`.
 */
export class ShutdownPhases {
  private readonly steps = new Map<ShutdownPhase, { name: string; step: ShutdownStep }[]>();
  private readonly beginning = new AbortController();
  private ended: Promise<readonly Error[]> | undefined;

  /** Aborts when shutdown begins: long polls and event streams end then, so that the server can close. */
  get signal(): AbortSignal {
    return this.beginning.signal;
  }

  register(phase: ShutdownPhase, name: string, step: ShutdownStep): void {
    const registered = this.steps.get(phase);
    if (registered === undefined) this.steps.set(phase, [{ name, step }]);
    else registered.push({ name, step });
  }

  begin(): void {
    this.beginning.abort();
  }

  /** Runs every step once, phase by phase, last opened first. @returns the failures; one step's does not stop the next. */
  end(): Promise<readonly Error[]> {
    this.begin();
    this.ended ??= this.runAll();
    return this.ended;
  }

  private async runAll(): Promise<readonly Error[]> {
    const failures: Error[] = [];
    for (const phase of SHUTDOWN_PHASES) {
      for (const { name, step } of (this.steps.get(phase) ?? []).toReversed()) {
        try {
          await step();
        } catch (cause) {
          failures.push(new Error(`Could not ${name}.`, { cause }));
        }
      }
    }
    return failures;
  }
}
