import { scopeLevel } from '#libs/kernel';
import type { JsonObject, JsonValue, Scope } from '#libs/kernel';
import { isMemoryCategory } from '#libs/memory';
import type { Memory, MemorySource, Sighting } from '#libs/memory';
import { addressOf } from '../address.js';
import { decodeText, encodeText, labelText } from '../exact-text.js';
import * as column from '../row.js';
import type { Row } from '../row.js';
import type { SqlValue } from '../sql.js';

/** The columns that {@link toMemory} reads. */
export const MEMORY_COLUMNS = [
  'seq, id, user_id, session_id, agent_id, turn_id, content, content_hash, category, importance, subject, entities',
  'metadata, source, also_seen, valid_from, valid_until, created_at, updated_at, superseded_at, supersedes',
  'superseded_by, reason, promoted_from, promoted_to, expires_at, deleted_at, access_count, last_accessed_at',
  'embedding_model, version',
].join(', ');

/** The same of the table alias `m`. */
export const COLUMNS_OF_M = MEMORY_COLUMNS.split(', ')
  .map((name) => `m.${name}`)
  .join(', ');

interface SourceJson {
  readonly conversationId?: string;
  readonly messageIndex?: number;
  readonly agent?: string;
}

interface SightingJson {
  readonly at: number;
  readonly source?: SourceJson;
}

export function toMemory(row: Row): Memory {
  const category = column.text(row, 'category');
  if (!isMemoryCategory(category)) throw new TypeError(`Unknown category in a stored memory: ${category}.`);
  return {
    id: column.text(row, 'id'),
    scope: toScope(row),
    content: decodeText(column.bytes(row, 'content')),
    category,
    importance: column.numeric(row, 'importance'),
    subject: column.optionalText(row, 'subject'),
    entities: column.json(row, 'entities') as string[],
    metadata: column.json(row, 'metadata') as JsonObject,
    source: column.isNull(row, 'source') ? undefined : (column.json(row, 'source') as MemorySource),
    alsoSeen: (column.json(row, 'also_seen') as SightingJson[]).map(toSighting),
    validFrom: column.instant(row, 'valid_from'),
    validUntil: column.optionalInstant(row, 'valid_until'),
    createdAt: column.instant(row, 'created_at'),
    updatedAt: column.instant(row, 'updated_at'),
    supersededAt: column.optionalInstant(row, 'superseded_at'),
    supersedes: column.optionalText(row, 'supersedes'),
    supersededBy: column.optionalText(row, 'superseded_by'),
    reason: column.optionalText(row, 'reason'),
    promotedFrom: column.optionalText(row, 'promoted_from'),
    promotedTo: column.optionalText(row, 'promoted_to'),
    expiresAt: column.optionalInstant(row, 'expires_at'),
    deletedAt: column.optionalInstant(row, 'deleted_at'),
    accessCount: column.numeric(row, 'access_count'),
    lastAccessedAt: column.optionalInstant(row, 'last_accessed_at'),
    contentHash: column.text(row, 'content_hash'),
    embeddingModel: column.optionalText(row, 'embedding_model'),
    version: column.numeric(row, 'version'),
  };
}

export function toScope(row: Row): Scope {
  return {
    userId: column.text(row, 'user_id'),
    sessionId: column.optionalText(row, 'session_id'),
    agentId: column.optionalText(row, 'agent_id'),
    turnId: column.optionalText(row, 'turn_id'),
  };
}

function toSighting({ at, source }: SightingJson): Sighting {
  return { at: new Date(at), source };
}

/** Every column of a memory but those of its text index and its chain. */
export function memoryValues(memory: Memory): Readonly<Record<string, SqlValue>> {
  const { scope } = memory;
  return {
    id: memory.id,
    user_id: scope.userId,
    session_id: scope.sessionId ?? null,
    agent_id: scope.agentId ?? null,
    turn_id: scope.turnId ?? null,
    scope_key: scopeKey(scope),
    scope_level: scopeLevel(scope),
    content: encodeText(memory.content),
    content_hash: memory.contentHash,
    category: memory.category,
    importance: memory.importance,
    subject: memory.subject ?? null,
    entities: JSON.stringify(memory.entities),
    metadata: JSON.stringify(memory.metadata),
    searchable: searchableText(memory.entities, memory.metadata),
    source: sourceText(memory.source),
    also_seen: sightingsText(memory.alsoSeen),
    valid_from: memory.validFrom.getTime(),
    valid_until: milliseconds(memory.validUntil),
    created_at: memory.createdAt.getTime(),
    updated_at: memory.updatedAt.getTime(),
    superseded_at: milliseconds(memory.supersededAt),
    supersedes: memory.supersedes ?? null,
    superseded_by: memory.supersededBy ?? null,
    reason: memory.reason ?? null,
    promoted_from: memory.promotedFrom ?? null,
    promoted_to: memory.promotedTo ?? null,
    expires_at: milliseconds(memory.expiresAt),
    deleted_at: milliseconds(memory.deletedAt),
    access_count: memory.accessCount,
    last_accessed_at: milliseconds(memory.lastAccessedAt),
    embedding_model: memory.embeddingModel ?? null,
    version: memory.version,
  };
}

/** Equal for exactly the same scope ids. */
export function scopeKey(scope: Scope): string {
  return addressOf(scope.userId, scope.sessionId, scope.agentId, scope.turnId);
}

/** The keys of all scopes of which a reader sees memories. */
export function scopeKeysSeen(reader: Scope, mode: 'resolve' | 'exact'): readonly string[] {
  if (mode === 'exact') return [scopeKey(reader)];
  const { userId } = reader;
  const withAndWithout = (id: string | undefined) => (id === undefined ? [undefined] : [undefined, id]);
  const scopes = withAndWithout(reader.sessionId).flatMap((sessionId) =>
    withAndWithout(reader.agentId).flatMap((agentId) =>
      withAndWithout(reader.turnId).map((turnId) => ({ userId, sessionId, agentId, turnId })),
    ),
  );
  return scopes.map(scopeKey);
}

export function milliseconds(instant: Date | null | undefined): number | null {
  return instant?.getTime() ?? null;
}

export function sightingsText(sightings: readonly Sighting[]): string {
  return JSON.stringify(sightings.map(({ at, source }) => ({ at: at.getTime(), source })));
}

function sourceText(source: MemorySource | undefined): string | null {
  return source === undefined ? null : JSON.stringify(source);
}

/**
 * Entities and metadata as filters read them, where they hold characters that no database can look into (NUL, lone
 * surrogates); null where the exact columns serve as well.
 */
export function searchableText(entities: readonly string[], metadata: JsonObject): string | null {
  const exact = JSON.stringify({ entities, metadata });
  if (!/\\u(0000|d[89a-f][0-9a-f]{2})/i.test(exact)) return null;
  return JSON.stringify({ entities: entities.map(labelText), metadata: labelled(metadata) });
}

function labelled(value: JsonValue): JsonValue {
  if (typeof value === 'string') return labelText(value);
  if (Array.isArray(value)) return value.map(labelled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [labelText(key), labelled(member)]));
}
