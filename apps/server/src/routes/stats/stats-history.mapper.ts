import {
  addUsage,
  NO_USAGE,
  USAGE_SERIES,
  type UsageBucket,
  type UsageSeries,
  widenBuckets,
} from '#libs/usage';
import { percent } from './percent.js';
import type { StatsHistoryQuery } from './stats.schema.js';

/** How many buckets a series shows at most: five weeks of hours, and far more of the others. */
const MAX_BUCKETS = 840;
/** The overview of the history. */
const COMPACT_BUCKETS = 90;

/**
 * @param hours everything that is known of the tenant, oldest first; of long ago a day's hours are one bucket. All that
 * is shown is added up from it, so that no two figures of one answer contradict each other.
 */
export function toHistory(
  hours: readonly UsageBucket[],
  query: StatsHistoryQuery,
  now: Date,
): Record<string, unknown> {
  const lifetime = hours.reduce(addUsage, NO_USAGE);
  const chosen = query.series === 'history' ? USAGE_SERIES : [query.series];
  return {
    generated_at: now.toISOString(),
    lifetime: {
      requests: lifetime.requests,
      tokens_saved: lifetime.tokensSaved,
      compression_savings_usd: lifetime.savedUsd,
    },
    history_mode: query.history_mode,
    history: historyOf(hours, query.history_mode).map(toBucket),
    series: Object.fromEntries(chosen.map((name) => [name, bucketsOf(hours, name).map(toBucket)])),
  };
}

/** RFC 4180; every value is a number or a time, so none needs quotes. */
export function toCsv(hours: readonly UsageBucket[], query: StatsHistoryQuery): string {
  const buckets =
    query.series === 'history' ? historyOf(hours, query.history_mode) : bucketsOf(hours, query.series);
  const rows = buckets.map(toBucket).map((row) => CSV_COLUMNS.map((column) => String(row[column])).join(','));
  return [CSV_COLUMNS.join(','), ...rows, ''].join('\r\n');
}

function bucketsOf(hours: readonly UsageBucket[], series: UsageSeries): readonly UsageBucket[] {
  return widenBuckets(hours, series, MAX_BUCKETS);
}

function historyOf(
  hours: readonly UsageBucket[],
  mode: StatsHistoryQuery['history_mode'],
): readonly UsageBucket[] {
  if (mode === 'none') return [];
  return mode === 'full' ? hours : hours.slice(-COMPACT_BUCKETS);
}

const CSV_COLUMNS = [
  'timestamp',
  'requests',
  'failed',
  'input_tokens_before',
  'input_tokens_after',
  'tokens_saved',
  'output_tokens',
  'savings_percent',
  'compression_savings_usd',
  'input_cost_usd',
] as const;

function toBucket(bucket: UsageBucket): Record<(typeof CSV_COLUMNS)[number], string | number> {
  return {
    timestamp: bucket.start.toISOString(),
    requests: bucket.requests,
    failed: bucket.failed,
    input_tokens_before: bucket.tokensBefore,
    input_tokens_after: bucket.tokensAfter,
    tokens_saved: bucket.tokensSaved,
    output_tokens: bucket.outputTokens,
    savings_percent: percent(bucket.tokensSaved, bucket.tokensBefore),
    compression_savings_usd: bucket.savedUsd,
    input_cost_usd: bucket.costUsd,
  };
}
