import type { Caller } from '#libs/kernel';

/** One handled request: counts and times, never contents. */
export interface RequestRecord {
  readonly id: string;
  readonly at: Date;
  readonly userId?: string | undefined;
  /** `chat.completions`, `compress`, `context`, … */
  readonly operation: string;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  /** `optimize`, `audit`, `simulate`, `passthrough`. */
  readonly mode: string;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly outputTokens: number;
  readonly savedUsd: number;
  readonly costUsd: number;
  /** Time spent in our own work, and over all, in milliseconds. */
  readonly overheadMs: number;
  readonly latencyMs: number;
  readonly transforms: readonly string[];
  readonly failed: boolean;
  /** What of the prompt was waste; counted as it comes, and not stored. */
  readonly waste?: WasteTokens | undefined;
}

/** Tokens that carry nothing a model needs, by cause. */
export interface WasteTokens {
  readonly jsonBloatTokens: number;
  readonly htmlNoiseTokens: number;
  readonly base64Tokens: number;
  readonly whitespaceTokens: number;
  readonly dynamicDateTokens: number;
  readonly repetitionTokens: number;
  readonly total: number;
}

export interface UsageTotals {
  readonly requests: number;
  readonly failed: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly tokensSaved: number;
  readonly outputTokens: number;
  readonly savedUsd: number;
  readonly costUsd: number;
}

export const USAGE_SERIES = ['hourly', 'daily', 'weekly', 'monthly'] as const;
export type UsageSeries = (typeof USAGE_SERIES)[number];

export interface UsageBucket extends UsageTotals {
  /** Start of the bucket, UTC; weeks start on Monday. */
  readonly start: Date;
}

/** Keeps requests and the savings they add up to, per tenant, over restarts. */
export abstract class UsageStore {
  /** Appends many at once; called lazily, off the request path. A record whose id is known already changes nothing. */
  abstract record(caller: Caller, records: readonly RequestRecord[]): Promise<void>;
  /** Over the tenant's whole life. */
  abstract lifetime(caller: Caller): Promise<UsageTotals>;
  /** Newest first. */
  abstract recent(caller: Caller, limit: number): Promise<readonly RequestRecord[]>;
  /** Oldest first, only buckets with requests. */
  abstract series(caller: Caller, series: UsageSeries, limit: number): Promise<readonly UsageBucket[]>;
  /** Drops single requests older than that; what they added up to stays. Across all tenants. @returns how many. */
  abstract sweep(before: Date): Promise<number>;
  /** Adds the hours of earlier days than that up to one a day. Across all tenants. @returns how many hours went into days. */
  abstract rollUp(before: Date): Promise<number>;
}
