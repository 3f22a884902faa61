import type { Page } from '#libs/kernel';
import {
  parseFilter,
  type BatchItemOutcome,
  type ExtractOutcome,
  type ExtractRequest,
  type InjectOutcome,
  type InjectRequest,
  type ListRequest,
  type Memory,
  type MemoryDraft,
  type MemoryHistory,
  type MemoryPatch,
  type MemorySource,
  type MemoryStats,
  type SearchOutcome,
  type SearchRequest,
  type SupersedeDraft,
} from '#libs/memory';
import { toPage, type PageOnTheWire } from '../../http/page.schema.js';
import { toScope } from '../../http/scope.schema.js';
import { fromDate, toDate, toFlag } from '../../http/wire-value.schema.js';
import type {
  CreateMemory,
  ExtractMemories,
  InjectMemories,
  ListMemories,
  PatchMemory,
  SearchMemories,
  SupersedeMemory,
} from './memories.schema.js';
import { toMemory, toNearDuplicate, type MemoryOnTheWire } from './memory.mapper.js';
import type { Wire } from '../../http/wire.js';

export function toDraft(body: CreateMemory): MemoryDraft {
  return {
    scope: toScope(body),
    content: body.content,
    category: body.category,
    importance: body.importance,
    subject: body.subject,
    onSubject: body.on_subject,
    entities: body.entities,
    metadata: body.metadata,
    validFrom: toDate(body.valid_from),
    expiresAt: toDate(body.expires_at),
    source: toSource(body.source),
  };
}

function toSource(source: CreateMemory['source']): MemorySource | undefined {
  if (source === undefined) return undefined;
  return { conversationId: source.conversation_id, messageIndex: source.message_index, agent: source.agent };
}

export function toListRequest(query: ListMemories): ListRequest {
  return {
    scope: toScope(query),
    scopeMode: query.scope,
    scopeLevel: query.scope_level,
    category: query.category,
    subject: query.subject,
    includeSuperseded: toFlag(query.include_superseded),
    asOf: toDate(query.as_of),
    knownAsOf: toDate(query.known_as_of),
    createdAfter: toDate(query.created_after),
    createdBefore: toDate(query.created_before),
    minImportance: query.min_importance,
    orderBy: query.order_by,
    order: query.order,
    limit: query.limit,
    cursor: query.cursor,
  };
}

export function toSearchRequest(body: SearchMemories): SearchRequest {
  return {
    scope: toScope(body),
    query: body.query,
    scopeMode: body.scope,
    topK: body.top_k,
    mode: body.mode,
    filter: body.filter === undefined ? undefined : parseFilter(body.filter),
    minScore: body.min_score,
    asOf: toDate(body.as_of),
    knownAsOf: toDate(body.known_as_of),
    includeSuperseded: body.include_superseded,
    maxTokens: body.max_tokens,
    explain: body.explain,
  };
}

export function toPatch(body: PatchMemory): MemoryPatch {
  return {
    importance: body.importance,
    category: body.category,
    entities: body.entities,
    metadata: body.metadata,
    expiresAt: body.expires_at === null ? null : toDate(body.expires_at),
  };
}

export function toSupersedeDraft(body: SupersedeMemory): SupersedeDraft {
  return {
    content: body.content,
    validFrom: toDate(body.valid_from),
    importance: body.importance,
    metadata: body.metadata,
    reason: body.reason,
  };
}

export function toInjectRequest(body: InjectMemories): InjectRequest {
  return {
    messages: body.messages,
    scope: toScope(body),
    model: body.model,
    topK: body.top_k,
    maxTokens: body.max_tokens,
    extract: body.extract,
  };
}

export function toExtractRequest(body: ExtractMemories): ExtractRequest {
  return { content: body.content, scope: toScope(body), source: toSource(body.source) };
}

export function toMemoryPage(page: Page<Memory>): PageOnTheWire<MemoryOnTheWire> {
  return toPage(page, toMemory);
}

export function toBatch(outcomes: readonly BatchItemOutcome[]): Wire {
  return {
    data: outcomes.map((outcome) =>
      outcome.status === 'error'
        ? {
            index: outcome.index,
            status: outcome.status,
            error: {
              type: outcome.error.code,
              message: outcome.error.message,
              details: outcome.error.details,
            },
          }
        : {
            index: outcome.index,
            status: outcome.status,
            memory: toMemory(outcome.memory),
            ...(outcome.nearDuplicate !== undefined && {
              near_duplicate: toNearDuplicate(outcome.nearDuplicate),
            }),
          },
    ),
  };
}

export function toSearchAnswer(outcome: SearchOutcome): Wire {
  return {
    data: outcome.hits.map((hit) => ({
      memory: toMemory(hit.memory),
      score: hit.score,
      signals: { semantic: hit.signals.semantic, keyword: hit.signals.keyword },
      scope_level: hit.scopeLevel,
      shadows: hit.shadows,
      boosts: hit.boosts,
    })),
    mode: outcome.mode,
    fallback: outcome.fallback,
    suppressed: {
      superseded: outcome.suppressed.superseded,
      expired: outcome.suppressed.expired,
      shadowed: outcome.suppressed.shadowed,
    },
    tokens: outcome.tokens,
    near_misses: outcome.nearMisses,
  };
}

export function toHistory(history: MemoryHistory): Wire {
  return { data: history.chain.map(toMemory), current_id: history.currentId };
}

export function toStats(stats: MemoryStats): Wire {
  return {
    total: stats.total,
    current: stats.current,
    superseded: stats.superseded,
    by_category: stats.byCategory,
    by_scope_level: stats.byScopeLevel,
    oldest: fromDate(stats.oldest),
    newest: fromDate(stats.newest),
  };
}

export function toInjected(outcome: InjectOutcome): Wire {
  return {
    messages: outcome.messages,
    memories: outcome.memories.map(({ id, content, score }) => ({ id, content, score })),
    tokens_added: outcome.tokensAdded,
  };
}

export function toExtracted(outcome: ExtractOutcome): Wire {
  return {
    content: outcome.content,
    stored: outcome.stored.map(toMemory),
    duplicates: outcome.duplicates.map(toMemory),
    superseded: outcome.superseded,
    rejected: outcome.rejected.map(({ content, reason }) => ({ content, reason })),
    malformed: outcome.malformed,
  };
}

export function toScopeReceipt(memories: number): Wire {
  return { deleted: { memories } };
}
