import type { OriginalStore } from '#libs/ccr';
import type { HiddenCallStore } from '#libs/chat';
import type { SessionPins } from '#libs/compression';
import type { Clock, IdempotencyStore, JobQueue } from '#libs/kernel';
import type { MemoryStore } from '#libs/memory';
import type { Log } from '#libs/platform';
import type { ContextEventLog, HandoffStore, SharedContextStore } from '#libs/shared-context';
import type { UsageStore } from '#libs/usage';

const JOB = 'sweep';
const EVERY_MS = 60_000;
/** Single requests are shown for a quarter; what they added up to stays for ever. */
const USAGE_KEPT_MS = 90 * 86_400_000;

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

/** Clears away what has expired, once a minute; of several servers on one queue, one does it. */
export class Sweeping {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly queue: JobQueue,
    private readonly stores: SweptStores,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    this.queue.handle(JOB, () => this.sweep());
    this.timer = setInterval(() => void this.enqueue(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async enqueue(): Promise<void> {
    try {
      await this.queue.enqueue(JOB, {}, { id: JOB });
    } catch (error) {
      this.log.warn({ err: error }, 'the queue takes no jobs');
    }
  }

  private async sweep(): Promise<void> {
    const now = this.clock.now();
    const { originals, sessions, hidden, memories, contexts, events, handoffs, replays, usage } = this.stores;
    const swept = {
      originals: await originals.sweep(),
      session_pins: await sessions.sweep(),
      hidden_calls: await hidden.sweep(),
      memories: await memories.sweep(now),
      shared_contexts: await contexts.sweep(now),
      shared_context_events: await events.sweep(now),
      handoffs: await handoffs.sweep(now),
      replays: await replays.sweep(),
      requests: await usage.sweep(new Date(now.getTime() - USAGE_KEPT_MS)),
    };
    if (Object.values(swept).some((count) => count > 0))
      this.log.info(swept, 'cleared away what has expired');
  }
}
