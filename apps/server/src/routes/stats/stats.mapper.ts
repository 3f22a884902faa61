import type { OriginalRetention, OriginalStoreStats } from '#libs/ccr';
import type { LearningTotals } from '#libs/learning';
import type { EmbedderStatus, MemoryToolUse } from '#libs/memory';
import type { LiveTotals, RequestRecord, Spread, UsageTotals } from '#libs/usage';
import { toEmbedder } from '../health/embedder.mapper.js';
import { toWasteSignals } from '../compress/waste-signals.mapper.js';
import { percent } from './percent.js';

/** Everything that `/stats` shows, gathered. */
export interface StatsSources {
  readonly live: LiveTotals;
  readonly lifetime: UsageTotals;
  readonly recent: readonly RequestRecord[];
  readonly originals: OriginalStoreStats;
  readonly retention: OriginalRetention;
  readonly learned: LearningTotals;
  /** Memory blocks that were not the JSON that was asked for, since the start. */
  readonly malformedBlocks: number;
  readonly memoryTools: MemoryToolUse;
  readonly embedder: EmbedderStatus;
  readonly mode: string;
  readonly uptimeSeconds: number;
}

/** Both documented spellings of a field stand side by side where clients differ. */
export function toStats(sources: StatsSources): Record<string, unknown> {
  const { live, lifetime, originals, retention, learned } = sources;
  const saved = Math.max(0, live.tokensBefore - live.tokensAfter);
  return {
    mode: sources.mode,
    uptime_seconds: sources.uptimeSeconds,
    requests: {
      total: live.requests,
      cached: 0,
      rate_limited: 0,
      failed: live.failed,
      by_provider: live.byProvider,
      by_model: live.byModel,
    },
    tokens: {
      input: live.tokensAfter,
      output: live.outputTokens,
      saved,
      cli_tokens_avoided: 0,
      total_before_compression: live.tokensBefore,
      savings_percent: percent(saved, live.tokensBefore),
    },
    latency: toMilliseconds(live.latencyMs),
    overhead: toMilliseconds(live.overheadMs),
    pipeline_timing: Object.fromEntries(
      Object.entries(live.operations).map(([name, spread]) => [
        name,
        { average_ms: round(spread.average), max_ms: round(spread.max), count: spread.count },
      ]),
    ),
    waste_signals: toWasteSignals(live.waste),
    transforms: live.byTransform,
    cost: {
      total_cost_usd: live.costUsd,
      total_savings_usd: live.savedUsd,
      cost_with_headroom_usd: live.costUsd,
      cost_without_headroom_usd: live.costUsd + live.savedUsd,
      savings_usd: live.savedUsd,
    },
    cache: { enabled: false, entries: 0, total_hits: 0 },
    compression: {
      ccr_entries: originals.entryCount,
      ccr_max_entries: retention.maxEntries,
      original_tokens_cached: originals.totalOriginalTokens,
      compressed_tokens_cached: originals.totalCompressedTokens,
      ccr_retrievals: originals.totalRetrievals,
    },
    memory: {
      malformed_blocks: sources.malformedBlocks,
      tool_calls: sources.memoryTools.calls,
      tool_errors: sources.memoryTools.errors,
    },
    embedder: toEmbedder(sources.embedder),
    feedback_loop: toFeedback(learned),
    persistent_savings: {
      lifetime: {
        requests: lifetime.requests,
        tokens_saved: lifetime.tokensSaved,
        compression_savings_usd: lifetime.savedUsd,
        total_input_tokens: lifetime.tokensAfter,
        total_input_cost_usd: lifetime.costUsd,
      },
    },
    recent_requests: sources.recent.map(toRecentRequest),
  };
}

function toFeedback(learned: LearningTotals): Record<string, unknown> {
  return {
    tools_tracked: learned.toolsTracked,
    total_compressions: learned.totalCompressions,
    total_retrievals: learned.totalRetrievals,
    global_retrieval_rate: learned.retrievalRate,
  };
}

function toRecentRequest(record: RequestRecord): Record<string, unknown> {
  const saved = record.tokensBefore - record.tokensAfter;
  return {
    request_id: record.id,
    timestamp: record.at.toISOString(),
    operation: record.operation,
    provider: record.provider ?? null,
    model: record.model ?? null,
    mode: record.mode,
    tokens_input_before: record.tokensBefore,
    tokens_input_after: record.tokensAfter,
    input_tokens_original: record.tokensBefore,
    input_tokens_optimized: record.tokensAfter,
    tokens_output: record.outputTokens,
    output_tokens: record.outputTokens,
    tokens_saved: saved,
    savings_percent: percent(saved, record.tokensBefore),
    optimization_latency_ms: round(record.overheadMs),
    total_latency_ms: round(record.latencyMs),
    transforms_applied: record.transforms,
    cached: false,
    failed: record.failed,
  };
}

function toMilliseconds(spread: Spread): Record<string, number> {
  return { average_ms: round(spread.average), min_ms: round(spread.min), max_ms: round(spread.max) };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
