import type { OriginalStore } from '#libs/ccr';
import type { HiddenCallStore } from '#libs/chat';
import type { SessionPins } from '#libs/compression';
import type { Clock, IdempotencyStore, JobQueue } from '#libs/kernel';
import type { MemoryStore } from '#libs/memory';
import type { Log } from '#libs/platform';
import type { ContextEventLog, HandoffStore, SharedContextStore } from '#libs/shared-context';
import type { UsageStore } from '#libs/usage';

const JOB = 'sweep';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Single requests are shown for a quarter; what they added up to stays for ever. */
const USAGE_KEPT_MS = 90 * DAY_MS;
/** Hours are shown for five weeks; older ones are kept as days. */
const HOURS_KEPT_MS = 60 * DAY_MS;

export interface SweptStores {
  readonly originals: OriginalStore;
  readonly sessions: SessionPins;
  readonly hidden: HiddenCallStore;
  readonly memories: MemoryStore;
  readonly contexts: SharedContextStore;
  readonly events: ContextEventLog;
  readonly handoffs: HandoffStore;
  readonly replays: IdempotencyStore;
  readonly usage: UsageStore;
}

interface Sweep {
  readonly everyMs: number;
  /** @returns how many rows it was about. */
  readonly run: () => Promise<number>;
}

/**
 * Clears away what has expired or has no more room, and adds old counts up. One job per store, so that the fault of one
 * holds up no other; of several servers on one queue, one does it. While the queue is away it waits: what has expired is
 * gone for readers all the same.
 */
export class Sweeping {
  private readonly sweeps: ReadonlyMap<string, Sweep>;

  constructor(
    private readonly queue: JobQueue,
    stores: SweptStores,
    clock: Clock,
    private readonly log: Log,
  ) {
    this.sweeps = new Map(Object.entries(sweepsOf(stores, clock)));
  }

  start(): void {
    this.queue.handle(JOB, ({ id }) => this.sweep(id));
    for (const [what, { everyMs }] of this.sweeps) this.queue.repeat(JOB, what, everyMs);
  }

  /** What a server of another version announced, and this one does not know, is left to it. */
  private async sweep(what: string): Promise<void> {
    const rows = (await this.sweeps.get(what)?.run()) ?? 0;
    if (rows > 0) this.log.info({ what, rows }, 'swept');
  }
}

function sweepsOf(stores: SweptStores, clock: Clock): Record<string, Sweep> {
  const { originals, sessions, hidden, memories, contexts, events, handoffs, replays, usage } = stores;
  const ago = (milliseconds: number): Date => new Date(clock.now().getTime() - milliseconds);
  const everyMinute = (run: Sweep['run']): Sweep => ({ everyMs: MINUTE_MS, run });
  return {
    originals: everyMinute(() => originals.sweep()),
    session_pins: everyMinute(() => sessions.sweep()),
    hidden_calls: everyMinute(() => hidden.sweep()),
    memories: everyMinute(() => memories.sweep(clock.now())),
    shared_contexts: everyMinute(() => contexts.sweep(clock.now())),
    shared_context_events: everyMinute(() => events.sweep(clock.now())),
    handoffs: everyMinute(() => handoffs.sweep(clock.now())),
    replays: everyMinute(() => replays.sweep()),
    requests: everyMinute(() => usage.sweep(ago(USAGE_KEPT_MS))),
    savings: { everyMs: HOUR_MS, run: () => usage.rollUp(ago(HOURS_KEPT_MS)) },
  };
}
