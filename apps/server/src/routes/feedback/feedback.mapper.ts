import { HeadroomError } from '#libs/kernel';
import {
  CONFIDENCE_THRESHOLD,
  confidenceOf,
  hintsFor,
  meaningOf,
  queriedFieldsOf,
  ratesOf,
  recentRetrievalRate,
  type LearningTotals,
  type ToolHints,
  type ToolPattern,
} from '#libs/learning';
import type { Wire } from '../../http/wire.js';

/** What clients know a structure by: the beginning of its signature. */
const HASH_CHARACTERS = 12;

export function toFeedback(totals: LearningTotals, tools: readonly ToolPattern[]): Wire {
  return {
    feedback: {
      total_compressions: totals.totalCompressions,
      total_retrievals: totals.totalRetrievals,
      global_retrieval_rate: totals.retrievalRate,
      tools_tracked: tools.length,
      tool_patterns: Object.fromEntries(tools.map((pattern) => [pattern.toolName, fromPattern(pattern)])),
    },
    hints_example: fromHints(hintsFor(tools[0] ?? null)),
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
  const isCertain = (pattern: ToolPattern): boolean => confidenceOf(pattern) >= CONFIDENCE_THRESHOLD;
  return {
    enabled: totals.isEnabled,
    patterns_tracked: patterns.length,
    total_compressions: totals.totalCompressions,
    total_retrievals: totals.totalRetrievals,
    global_retrieval_rate: totals.retrievalRate,
    patterns_with_recommendations: patterns.filter(isCertain).length,
  };
}

/** A bare array, as clients know it. */
export function toToinPatterns(patterns: readonly ToolPattern[]): readonly Wire[] {
  return patterns.map(toToinPattern);
}

/** @throws HeadroomError `not_found`. */
export function toFoundPattern(prefix: string, pattern: ToolPattern | null): Wire {
  if (pattern === null) throw new HeadroomError('not_found', `No pattern with hash prefix: ${prefix}`);
  return { ...toToinPattern(pattern), ...toStats(pattern), hints: fromHints(hintsFor(pattern)) };
}

/** Everything that is known of a structure. */
export function toStats(pattern: ToolPattern): Wire {
  return {
    ...fromPattern(pattern),
    signature: pattern.signature,
    tool_name: pattern.toolName,
    content_kind: pattern.kind,
    tokens_before: pattern.tokensBefore,
    tokens_after: pattern.tokensAfter,
    items_before: pattern.itemsBefore,
    items_after: pattern.itemsAfter,
    items_retrieved: pattern.itemsRetrieved,
    recent_retrieval_rate: recentRetrievalRate(pattern),
    field_semantics: Object.entries(pattern.fields).map(([name, field]) => {
      const { meaning, confidence } = meaningOf(name, field, pattern);
      return { name, types: field.types, inferred_type: meaning, confidence, queried: field.queried };
    }),
  };
}

export function fromHints(hints: ToolHints): Wire {
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

function toToinPattern(pattern: ToolPattern): Wire {
  const { retrievalRate } = ratesOf(pattern);
  const hints = hintsFor(pattern);
  return {
    hash: pattern.signature.slice(0, HASH_CHARACTERS),
    compressions: pattern.compressions,
    retrievals: pattern.retrievals,
    retrieval_rate: `${(retrievalRate * 100).toFixed(1)}%`,
    confidence: hints.confidence,
    skip_recommended: hints.skipCompression,
    optimal_max_items: hints.maxItems,
  };
}

/** A query is told by the fields it was about; its words are contents, which are never kept. */
function fromPattern(pattern: ToolPattern): Wire {
  const rates = ratesOf(pattern);
  return {
    total_compressions: rates.totalCompressions,
    total_retrievals: rates.totalRetrievals,
    retrieval_rate: rates.retrievalRate,
    full_retrieval_rate: rates.fullRetrievalRate,
    search_rate: rates.searchRate,
    common_queries: Object.entries(pattern.queries)
      .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .map(([query]) => query),
    queried_fields: queriedFieldsOf(pattern),
  };
}
