import type { Caller } from '#libs/kernel';
import { LiveUsage, type LiveTotals } from './live-usage.js';
import type { RequestRecord, UsageBucket, UsageSeries, UsageStore, UsageTotals } from './usage-store.js';

export interface UsageRecorderOptions {
  /** Called with every record as it comes, for metrics. */
  readonly onRecord?: ((record: RequestRecord) => void) | undefined;
  /** Called when records could not be stored; they are kept for the next flush. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** A flush is due at this many records. */
const FLUSH_AT = 200;
/** While the store fails, the newest this many records per tenant are kept. */
const MAX_BUFFERED = 10_000;

interface Buffer {
  readonly caller: Caller;
  readonly live: LiveUsage;
  records: RequestRecord[];
}

/** Notes what requests came to: at once in memory, lazily and many at a time in the store. */
export class UsageRecorder {
  private readonly buffers = new Map<string, Buffer>();
  private flushing: Promise<void> = Promise.resolve();
  private isFlushing = false;

  constructor(
    private readonly store: UsageStore,
    private readonly options: UsageRecorderOptions = {},
  ) {}

  /** Never throws and never waits. */
  record(caller: Caller, record: RequestRecord): void {
    const buffer = this.bufferOf(caller);
    buffer.live.add(record);
    buffer.records.push(record);
    if (buffer.records.length > MAX_BUFFERED) buffer.records.shift();
    if (buffer.records.length >= FLUSH_AT && !this.isFlushing) void this.flush();
    this.options.onRecord?.(record);
  }

  /** Stores everything noted so far; one flush runs at a time. Never rejects. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.flushAll());
    return this.flushing;
  }

  /** Since the process started. */
  live(caller: Caller): LiveTotals {
    return this.bufferOf(caller).live.totals();
  }

  /** Over the tenant's whole life, restarts included. */
  async lifetime(caller: Caller): Promise<UsageTotals> {
    await this.flush();
    return this.store.lifetime(caller);
  }

  /** Newest first. */
  async recent(caller: Caller, limit: number): Promise<readonly RequestRecord[]> {
    await this.flush();
    return this.store.recent(caller, limit);
  }

  /** Oldest first, only buckets with requests. */
  async series(caller: Caller, series: UsageSeries, limit: number): Promise<readonly UsageBucket[]> {
    await this.flush();
    return this.store.series(caller, series, limit);
  }

  private async flushAll(): Promise<void> {
    this.isFlushing = true;
    for (const buffer of this.buffers.values()) await this.flushOne(buffer);
    this.isFlushing = false;
  }

  private async flushOne(buffer: Buffer): Promise<void> {
    const { records } = buffer;
    if (records.length === 0) return;
    buffer.records = [];
    try {
      await this.store.record(buffer.caller, records);
    } catch (error) {
      buffer.records = [...records, ...buffer.records].slice(-MAX_BUFFERED);
      this.options.onFailure?.(error);
    }
  }

  private bufferOf(caller: Caller): Buffer {
    const known = this.buffers.get(caller.tenantId);
    if (known !== undefined) return known;
    // Counts belong to the tenant, whichever of its keys made them.
    const buffer: Buffer = {
      caller: { tenantId: caller.tenantId, users: null, isAdmin: false },
      live: new LiveUsage(),
      records: [],
    };
    this.buffers.set(caller.tenantId, buffer);
    return buffer;
  }
}
