import type { RequestRecord, UsageBucket, UsageSeries, UsageTotals } from './usage-store.js';

export const NO_USAGE: UsageTotals = {
  requests: 0,
  failed: 0,
  tokensBefore: 0,
  tokensAfter: 0,
  tokensSaved: 0,
  outputTokens: 0,
  savedUsd: 0,
  costUsd: 0,
};

export function addUsage(a: UsageTotals, b: UsageTotals): UsageTotals {
  return {
    requests: a.requests + b.requests,
    failed: a.failed + b.failed,
    tokensBefore: a.tokensBefore + b.tokensBefore,
    tokensAfter: a.tokensAfter + b.tokensAfter,
    tokensSaved: a.tokensSaved + b.tokensSaved,
    outputTokens: a.outputTokens + b.outputTokens,
    savedUsd: a.savedUsd + b.savedUsd,
    costUsd: a.costUsd + b.costUsd,
  };
}

/** What one request adds to the totals. */
export function usageOf(record: RequestRecord): UsageTotals {
  return {
    requests: 1,
    failed: record.failed ? 1 : 0,
    tokensBefore: record.tokensBefore,
    tokensAfter: record.tokensAfter,
    tokensSaved: record.tokensBefore - record.tokensAfter,
    outputTokens: record.outputTokens,
    savedUsd: record.savedUsd,
    costUsd: record.costUsd,
  };
}

/** The start, in UTC, of the bucket that an instant falls into; weeks start on Monday (ISO 8601). */
export function bucketStart(at: Date, series: UsageSeries): Date {
  const year = at.getUTCFullYear();
  const month = at.getUTCMonth();
  const day = at.getUTCDate();
  switch (series) {
    case 'hourly':
      return new Date(Date.UTC(year, month, day, at.getUTCHours()));
    case 'daily':
      return new Date(Date.UTC(year, month, day));
    case 'weekly':
      return new Date(Date.UTC(year, month, day - ((at.getUTCDay() + 6) % 7)));
    case 'monthly':
      return new Date(Date.UTC(year, month, 1));
  }
}

/** Adds hourly buckets, oldest first, up to wider ones, and keeps the last `limit` of them. */
export function widenBuckets(
  hours: readonly UsageBucket[],
  series: UsageSeries,
  limit: number,
): readonly UsageBucket[] {
  const buckets = new Map<number, UsageBucket>();
  for (const hour of hours) {
    const start = bucketStart(hour.start, series);
    const sum = buckets.get(start.getTime());
    buckets.set(start.getTime(), { ...(sum ? addUsage(sum, hour) : totalsOf(hour)), start });
  }
  return limit <= 0 ? [] : [...buckets.values()].slice(-limit);
}

function totalsOf({ start: _start, ...totals }: UsageBucket): UsageTotals {
  return totals;
}
