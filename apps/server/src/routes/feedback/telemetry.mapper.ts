import { HeadroomError } from '#libs/kernel';
import { hintsFor, type LearningTotals, type ToolPattern } from '#libs/learning';
import type { Wire } from '../../http/wire.js';
import { fromHints, toStats } from './feedback.mapper.js';

export function toTelemetry(totals: LearningTotals): Wire {
  const { tokensBefore, tokensAfter } = totals;
  const ratio = tokensBefore === 0 ? 1 : tokensAfter / tokensBefore;
  return {
    enabled: totals.isEnabled,
    total_compressions: totals.totalCompressions,
    total_retrievals: totals.totalRetrievals,
    total_tokens_saved: tokensBefore - tokensAfter,
    global_retrieval_rate: totals.retrievalRate,
    tool_signatures_tracked: totals.toolsTracked,
    // What waited in memory was stored before it was counted.
    events_in_memory: 0,
    avg_compression_ratio: ratio,
    avg_token_reduction: 1 - ratio,
  };
}

export function toTelemetryTools(patterns: readonly ToolPattern[]): Wire {
  return {
    tool_count: patterns.length,
    tools: Object.fromEntries(patterns.map((pattern) => [pattern.signature, toStats(pattern)])),
  };
}

/** @throws HeadroomError `not_found`. */
export function toTelemetryTool(signature: string, pattern: ToolPattern | null): Wire {
  if (pattern === null) throw new HeadroomError('not_found', `No data for signature: ${signature}`);
  return {
    signature_hash: pattern.signature,
    stats: toStats(pattern),
    recommendations: fromHints(hintsFor(pattern)),
  };
}
