import { scopeLevel } from '#libs/kernel';
import type { CreateOutcome, Memory, MemorySource, NearDuplicate } from '#libs/memory';
import type { Answer } from '../../http/answer.js';
import { etagOf } from '../../http/etag.js';
import { fromDate } from '../../http/wire-value.schema.js';
import type { Wire } from '../../http/wire.js';

export type MemoryOnTheWire = Readonly<Record<string, unknown>>;

export function toMemory(memory: Memory): MemoryOnTheWire {
  return {
    id: memory.id,
    content: memory.content,
    category: memory.category,
    importance: memory.importance,
    subject: memory.subject ?? null,
    entities: memory.entities,
    metadata: memory.metadata,
    user_id: memory.scope.userId,
    session_id: memory.scope.sessionId ?? null,
    agent_id: memory.scope.agentId ?? null,
    turn_id: memory.scope.turnId ?? null,
    scope_level: scopeLevel(memory.scope),
    source: fromSource(memory.source),
    also_seen: memory.alsoSeen.map(({ at, source }) => ({ at: fromDate(at), source: fromSource(source) })),
    valid_from: fromDate(memory.validFrom),
    valid_until: fromDate(memory.validUntil),
    created_at: fromDate(memory.createdAt),
    updated_at: fromDate(memory.updatedAt),
    superseded_at: fromDate(memory.supersededAt),
    supersedes: memory.supersedes ?? null,
    superseded_by: memory.supersededBy ?? null,
    reason: memory.reason ?? null,
    promoted_from: memory.promotedFrom ?? null,
    expires_at: fromDate(memory.expiresAt),
    deleted_at: fromDate(memory.deletedAt),
    access_count: memory.accessCount,
    last_accessed_at: fromDate(memory.lastAccessedAt),
    content_hash: memory.contentHash,
    embedding_model: memory.embeddingModel ?? null,
    version: memory.version,
  };
}

/** One memory with its ETag. */
export function toMemoryAnswer(memory: Memory): Answer<MemoryOnTheWire> {
  return { headers: { etag: etagOf(memory.version) }, body: toMemory(memory) };
}

/** 201 for a new memory, 200 for one that was there already. */
export function toCreated(outcome: CreateOutcome): Answer<MemoryOnTheWire> {
  const { memory, nearDuplicate } = outcome;
  const deduplicated = outcome.status === 'duplicate';
  return {
    status: deduplicated ? 200 : 201,
    headers: { etag: etagOf(memory.version) },
    body: {
      ...toMemory(memory),
      deduplicated,
      near_duplicate: toNearDuplicate(nearDuplicate ?? null),
    },
  };
}

export function toNearDuplicate(near: NearDuplicate | null): Wire | null {
  return near && { id: near.id, similarity: near.similarity };
}

/** A successor that was made: 201. */
export function toSuccessor({ memory }: { readonly memory: Memory }): Answer<MemoryOnTheWire> {
  return { status: 201, ...toMemoryAnswer(memory) };
}

function fromSource(source: MemorySource | undefined): Readonly<Record<string, unknown>> | null {
  if (source === undefined) return null;
  return {
    conversation_id: source.conversationId,
    message_index: source.messageIndex,
    agent: source.agent,
  };
}
