import {
  retrievalData,
  type OriginalRetention,
  type OriginalStoreStats,
  type RetrieveOutcome,
  type RetrieveRequest,
  type ToolCallAnswer,
  type ToolCallRequest,
} from '#libs/ccr';
import { HeadroomError } from '#libs/kernel';
import type { RetrieveBody, ToolCallBody } from './retrieve.schema.js';
import type { Wire } from '../../http/wire.js';

export function toRetrieveRequest(body: RetrieveBody, userId: string | undefined): RetrieveRequest {
  return { hash: body.hash.trim(), query: body.query ?? undefined, userId };
}

/** @throws HeadroomError `not_found` for what is expired or unknown, in the words that clients know. */
export function fromOutcome(outcome: RetrieveOutcome): Wire {
  if (outcome.status === 'expired' || outcome.status === 'unknown') {
    throw new HeadroomError('not_found', outcome.detail, {
      hash: outcome.hash,
      status: outcome.status,
      ttl_seconds: outcome.ttlSeconds,
    });
  }
  return retrievalData(outcome);
}

export function toToolCallRequest(body: ToolCallBody, userId: string | undefined): ToolCallRequest {
  const provider = body.provider === 'google' ? 'gemini' : (body.provider ?? shapeOf(body.tool_call));
  return { toolCall: body.tool_call, provider, userId };
}

/** A client that names no provider sends one of three shapes that cannot be confused. */
function shapeOf(call: Wire): ToolCallRequest['provider'] {
  if ('function' in call) return 'openai';
  return 'functionCall' in call || 'args' in call ? 'gemini' : 'anthropic';
}

export function fromToolCall({ toolResult, success, data }: ToolCallAnswer): Wire {
  return { tool_result: toolResult, success, data };
}

/** In the documented spelling and in the one that the SDK's types have. */
export function fromStats(stats: OriginalStoreStats, retention: OriginalRetention): Wire {
  return {
    store: {
      entry_count: stats.entryCount,
      max_entries: retention.maxEntries,
      default_ttl_seconds: retention.ttlSeconds,
      total_original_tokens: stats.totalOriginalTokens,
      total_compressed_tokens: stats.totalCompressedTokens,
      total_retrievals: stats.totalRetrievals,
      event_count: stats.eventCount,
      backend: 'database',
      entries: stats.entryCount,
      original_tokens_cached: stats.totalOriginalTokens,
      compressed_tokens_cached: stats.totalCompressedTokens,
      retrievals: stats.totalRetrievals,
    },
    recent_retrievals: stats.recentRetrievals.map((event) => ({
      hash: event.hash,
      query: event.query ?? null,
      items_retrieved: event.itemsRetrieved,
      total_items: event.totalItems,
      tool_name: event.toolName ?? null,
      retrieval_type: event.retrievalType,
    })),
  };
}
