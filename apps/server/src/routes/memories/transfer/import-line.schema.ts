import { z } from 'zod';
import { MEMORY_CATEGORIES, type ImportedMemory, type MemorySource } from '#libs/memory';
import { scopeId } from '../../../http/scope.schema.js';
import { jsonObject, time, toDate } from '../../../http/wire-value.schema.js';

const source = z.strictObject({
  conversation_id: z.string().optional(),
  message_index: z.number().int().min(0).optional(),
  agent: z.string().optional(),
});

const id = z.string();
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** One line of an export, as `GET /v1/memories/export` writes it; what can be derived may be left out. */
export const importLine = z
  .strictObject({
    id,
    content: z.string(),
    category: z.enum(MEMORY_CATEGORIES).default('fact'),
    importance: z.number().min(0).max(1).default(0.5),
    subject: z.string().nullish(),
    entities: z.array(z.string()).default([]),
    metadata: jsonObject.default({}),
    user_id: scopeId.optional(),
    session_id: scopeId.nullish(),
    agent_id: scopeId.nullish(),
    turn_id: scopeId.nullish(),
    source: source.nullish(),
    also_seen: z.array(z.strictObject({ at: time, source: source.nullish() })).default([]),
    valid_from: time.optional(),
    valid_until: time.nullish(),
    created_at: time.optional(),
    updated_at: time.optional(),
    superseded_at: time.nullish(),
    supersedes: id.nullish(),
    superseded_by: id.nullish(),
    reason: z.string().nullish(),
    promoted_from: id.nullish(),
    expires_at: time.nullish(),
    deleted_at: time.nullish(),
    access_count: count.default(0),
    last_accessed_at: time.nullish(),
    version: count.min(1).max(2_147_483_647).default(1),
    // Derived here anew: a file cannot say otherwise.
    scope_level: z.string().optional(),
    content_hash: z.string().optional(),
    embedding_model: z.string().nullish(),
  })
  .meta({ id: 'ImportedMemory' });
type ImportLine = z.infer<typeof importLine>;

/** @param userId whose the line is; it was found before, as a line may leave it to the request */
export function fromLine(line: ImportLine, userId: string): ImportedMemory {
  return {
    id: line.id,
    scope: {
      userId,
      sessionId: line.session_id ?? undefined,
      agentId: line.agent_id ?? undefined,
      turnId: line.turn_id ?? undefined,
    },
    content: line.content,
    category: line.category,
    importance: line.importance,
    subject: line.subject ?? undefined,
    entities: line.entities,
    metadata: line.metadata,
    source: fromSource(line.source),
    alsoSeen: line.also_seen.map(({ at, source }) => ({ at: toDate(at), source: fromSource(source) })),
    validFrom: toDate(line.valid_from),
    validUntil: instant(line.valid_until),
    createdAt: toDate(line.created_at),
    updatedAt: toDate(line.updated_at),
    supersededAt: instant(line.superseded_at),
    supersedes: line.supersedes ?? undefined,
    supersededBy: line.superseded_by ?? undefined,
    reason: line.reason ?? undefined,
    promotedFrom: line.promoted_from ?? undefined,
    expiresAt: instant(line.expires_at),
    deletedAt: instant(line.deleted_at),
    accessCount: line.access_count,
    lastAccessedAt: instant(line.last_accessed_at),
    version: line.version,
  };
}

function fromSource(wire: z.infer<typeof source> | null | undefined): MemorySource | undefined {
  if (wire === undefined || wire === null) return undefined;
  return { conversationId: wire.conversation_id, messageIndex: wire.message_index, agent: wire.agent };
}

function instant(wire: string | null | undefined): Date | undefined {
  return wire === null ? undefined : toDate(wire);
}
