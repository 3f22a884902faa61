import { wholeTenant, type Caller, type Pause } from '#libs/kernel';
import type { MemoryStore } from '../ports/memory-store.js';

const WRITE_AFTER_MS = 2_000;

interface Reads {
  readonly caller: Caller;
  /** How often, by id. */
  readonly counts: Map<string, number>;
  at: Date;
}

/** Gathers which memories were read and writes the counts later, so that reading never waits for a write. */
export class AccessLog {
  readonly #stop = new AbortController();
  #reads = new Map<string, Reads>();
  #scheduled = false;

  constructor(
    private readonly store: MemoryStore,
    private readonly pause: Pause,
  ) {}

  note(caller: Caller, ids: readonly string[], at: Date): void {
    if (ids.length === 0) return;
    const reads = this.#reads.get(caller.tenantId) ?? {
      caller: wholeTenant(caller),
      counts: new Map<string, number>(),
      at,
    };
    for (const id of ids) reads.counts.set(id, (reads.counts.get(id) ?? 0) + 1);
    reads.at = at;
    this.#reads.set(caller.tenantId, reads);
    this.#schedule();
  }

  /** Writes what was gathered; counts are a convenience, so a failing store loses them without harm. */
  async flush(): Promise<void> {
    const reads = [...this.#reads.values()];
    this.#reads = new Map();
    await Promise.allSettled(
      reads.map(({ caller, counts, at }) => this.store.recordAccess(caller, counts, at)),
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.flush();
  }

  #schedule(): void {
    if (this.#scheduled || this.#stop.signal.aborted) return;
    this.#scheduled = true;
    void this.pause.wait(WRITE_AFTER_MS, this.#stop.signal).then(() => {
      this.#scheduled = false;
      return this.flush();
    });
  }
}
