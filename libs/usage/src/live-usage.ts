import type { RequestRecord, WasteTokens } from './usage-store.js';

/** Smallest, largest and mean of a measured quantity; all 0 before the first one. */
export interface Spread {
  readonly count: number;
  readonly average: number;
  readonly min: number;
  readonly max: number;
}

/** What one tenant's requests came to since the process started. */
export interface LiveTotals {
  readonly requests: number;
  readonly failed: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly outputTokens: number;
  readonly savedUsd: number;
  readonly costUsd: number;
  readonly byProvider: Readonly<Record<string, number>>;
  readonly byModel: Readonly<Record<string, number>>;
  readonly byTransform: Readonly<Record<string, number>>;
  /** Milliseconds over all, and of our own work. */
  readonly latencyMs: Spread;
  readonly overheadMs: Spread;
  readonly waste: WasteTokens;
  /** Our own work by operation, in milliseconds. */
  readonly operations: Readonly<Record<string, Spread>>;
}

/** Names come from clients: beyond this many the rest is counted together, so that no client can fill the memory. */
const MAX_NAMES = 200;
const OTHER = 'other';

const NO_WASTE: WasteTokens = {
  jsonBloatTokens: 0,
  htmlNoiseTokens: 0,
  base64Tokens: 0,
  whitespaceTokens: 0,
  dynamicDateTokens: 0,
  repetitionTokens: 0,
  total: 0,
};

/** Counts as requests come. */
export class LiveUsage {
  private requests = 0;
  private failed = 0;
  private tokensBefore = 0;
  private tokensAfter = 0;
  private outputTokens = 0;
  private savedUsd = 0;
  private costUsd = 0;
  private waste = NO_WASTE;
  private readonly byProvider = new Map<string, number>();
  private readonly byModel = new Map<string, number>();
  private readonly byTransform = new Map<string, number>();
  private readonly latency = new RunningSpread();
  private readonly overhead = new RunningSpread();
  private readonly operations = new Map<string, RunningSpread>();

  add(record: RequestRecord): void {
    this.requests += 1;
    if (record.failed) this.failed += 1;
    this.tokensBefore += record.tokensBefore;
    this.tokensAfter += record.tokensAfter;
    this.outputTokens += record.outputTokens;
    this.savedUsd += record.savedUsd;
    this.costUsd += record.costUsd;
    if (record.waste !== undefined) this.waste = addWaste(this.waste, record.waste);
    if (record.provider !== undefined) countOne(this.byProvider, record.provider);
    if (record.model !== undefined) countOne(this.byModel, record.model);
    for (const transform of record.transforms) countOne(this.byTransform, transform);
    this.latency.add(record.latencyMs);
    this.overhead.add(record.overheadMs);
    this.operation(record.operation).add(record.overheadMs);
  }

  totals(): LiveTotals {
    return {
      requests: this.requests,
      failed: this.failed,
      tokensBefore: this.tokensBefore,
      tokensAfter: this.tokensAfter,
      outputTokens: this.outputTokens,
      savedUsd: this.savedUsd,
      costUsd: this.costUsd,
      waste: this.waste,
      byProvider: Object.fromEntries(this.byProvider),
      byModel: Object.fromEntries(this.byModel),
      byTransform: Object.fromEntries(this.byTransform),
      latencyMs: this.latency.spread(),
      overheadMs: this.overhead.spread(),
      operations: Object.fromEntries([...this.operations].map(([name, spread]) => [name, spread.spread()])),
    };
  }

  private operation(name: string): RunningSpread {
    const known = this.operations.get(name);
    if (known !== undefined) return known;
    const fresh = new RunningSpread();
    this.operations.set(name, fresh);
    return fresh;
  }
}

function addWaste(a: WasteTokens, b: WasteTokens): WasteTokens {
  return {
    jsonBloatTokens: a.jsonBloatTokens + b.jsonBloatTokens,
    htmlNoiseTokens: a.htmlNoiseTokens + b.htmlNoiseTokens,
    base64Tokens: a.base64Tokens + b.base64Tokens,
    whitespaceTokens: a.whitespaceTokens + b.whitespaceTokens,
    dynamicDateTokens: a.dynamicDateTokens + b.dynamicDateTokens,
    repetitionTokens: a.repetitionTokens + b.repetitionTokens,
    total: a.total + b.total,
  };
}

function countOne(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < MAX_NAMES ? name : OTHER;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

class RunningSpread {
  private count = 0;
  private sum = 0;
  private min = Infinity;
  private max = 0;

  add(value: number): void {
    this.count += 1;
    this.sum += value;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }

  spread(): Spread {
    if (this.count === 0) return { count: 0, average: 0, min: 0, max: 0 };
    return { count: this.count, average: this.sum / this.count, min: this.min, max: this.max };
  }
}
