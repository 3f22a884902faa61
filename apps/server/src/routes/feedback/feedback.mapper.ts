import { createHash } from 'node:crypto';
import { HeadroomError } from '#libs/kernel';
import {
  CONFIDENCE_THRESHOLD,
  confidenceOf,
  hintsFor,
  ratesOf,
  type LearningTotals,
  type ToolHints,
  type ToolPattern,
} from '#libs/learning';
import type { Wire } from '../../http/wire.js';

const HASH_CHARACTERS = 12;

export function toTelemetry(totals: LearningTotals): Wire {
  const { tokensBefore, tokensAfter } = totals;
  const ratio = tokensBefore === 0 ? 1 : tokensAfter / tokensBefore;
  return {
    enabled: true,
    total_compressions: totals.totalCompressions,
    total_retrievals: totals.totalRetrievals,
    total_tokens_saved: tokensBefore - tokensAfter,
    global_retrieval_rate: totals.retrievalRate,
    tool_signatures_tracked: totals.toolsTracked,
    // Counts go straight to the store; no event waits in memory.
    events_in_memory: 0,
    avg_compression_ratio: ratio,
    avg_token_reduction: 1 - ratio,
  };
}

export function toFeedback(totals: LearningTotals, patterns: readonly ToolPattern[]): Wire {
  return {
    feedback: {
      total_compressions: totals.totalCompressions,
      total_retrievals: totals.totalRetrievals,
      global_retrieval_rate: totals.retrievalRate,
      tools_tracked: totals.toolsTracked,
      tool_patterns: Object.fromEntries(patterns.map((pattern) => [pattern.toolName, fromPattern(pattern)])),
    },
    hints_example: fromHints(hintsFor(patterns[0] ?? null)),
  };
}

export function toToolFeedback(toolName: string, pattern: ToolPattern | null): Wire {
  return {
    tool_name: toolName,
    hints: fromHints(hintsFor(pattern)),
    pattern: pattern === null ? null : fromPattern(pattern),
  };
}

export function toToinStats(totals: LearningTotals, patterns: readonly ToolPattern[]): Wire {
  return {
    enabled: true,
    patterns_tracked: totals.toolsTracked,
    total_compressions: totals.totalCompressions,
    total_retrievals: totals.totalRetrievals,
    global_retrieval_rate: totals.retrievalRate,
    patterns_with_recommendations: patterns.filter((pattern) => confidenceOf(pattern) >= CONFIDENCE_THRESHOLD)
      .length,
  };
}

/** A bare array, as clients know it. */
export function toToinPatterns(patterns: readonly ToolPattern[]): readonly Wire[] {
  return patterns.map(toToinPattern);
}

/** The pattern whose hash begins so. @throws HeadroomError `not_found`. */
export function toPatternWithPrefix(patterns: readonly ToolPattern[], prefix: string): Wire {
  const pattern = patterns.find(({ toolName }) => signatureOf(toolName).startsWith(prefix.toLowerCase()));
  if (pattern === undefined) throw new HeadroomError('not_found', `No pattern with hash prefix: ${prefix}`);
  return {
    ...toToinPattern(pattern),
    ...fromPattern(pattern),
    tool_name: pattern.toolName,
    tokens_before: pattern.tokensBefore,
    tokens_after: pattern.tokensAfter,
    hints: fromHints(hintsFor(pattern)),
  };
}

function toToinPattern(pattern: ToolPattern): Wire {
  const { retrievalRate } = ratesOf(pattern);
  const hints = hintsFor(pattern);
  return {
    hash: signatureOf(pattern.toolName),
    compressions: pattern.compressions,
    retrievals: pattern.retrievals,
    retrieval_rate: `${(retrievalRate * 100).toFixed(1)}%`,
    confidence: hints.confidence,
    skip_recommended: hints.skipCompression,
    optimal_max_items: hints.maxItems,
  };
}

function fromHints(hints: ToolHints): Wire {
  return {
    max_items: hints.maxItems,
    min_items: hints.minItems,
    suggested_items: hints.suggestedItems,
    aggressiveness: hints.aggressiveness,
    skip_compression: hints.skipCompression,
    preserve_fields: hints.preserveFields,
    reason: hints.reason,
  };
}

/** Queries and fields are contents, which are never kept: their lists are empty. */
function fromPattern(pattern: ToolPattern): Wire {
  const rates = ratesOf(pattern);
  return {
    total_compressions: rates.totalCompressions,
    total_retrievals: rates.totalRetrievals,
    retrieval_rate: rates.retrievalRate,
    full_retrieval_rate: rates.fullRetrievalRate,
    search_rate: rates.searchRate,
    common_queries: [],
    queried_fields: [],
  };
}

/** Names a tool without saying its name. */
function signatureOf(toolName: string): string {
  return createHash('sha256').update(toolName).digest('hex').slice(0, HASH_CHARACTERS);
}
