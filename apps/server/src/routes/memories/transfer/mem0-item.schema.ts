import { z } from 'zod';
import type { JsonObject } from '#libs/kernel';
import type { ImportedMemory } from '#libs/memory';
import { jsonObject } from '../../../http/wire-value.schema.js';
import { foreignTime, fromForeign } from './foreign-memory.js';

const name = z.string().nullish();

/**
 * A memory of mem0: what `Memory.get_all()` gives (mem0/memory/main.py: id, memory, hash, metadata, created_at,
 * updated_at beside user_id, agent_id, run_id, actor_id, role), the platform's `GET /v1/memories` (categories,
 * expiration_date as well), a vector store's payload (`data`), or the camelCase of mem0ai/oss for Node.
 */
export const mem0Item = z
  .looseObject({
    id: z.union([z.string().min(1), z.number()]).transform(String),
    memory: z.string().optional(),
    text: z.string().optional(),
    data: z.string().optional(),
    metadata: jsonObject.nullish(),
    user_id: name,
    userId: name,
    agent_id: name,
    agentId: name,
    run_id: name,
    runId: name,
    created_at: foreignTime.nullish(),
    createdAt: foreignTime.nullish(),
    updated_at: foreignTime.nullish(),
    updatedAt: foreignTime.nullish(),
    expiration_date: z.iso.date().nullish(),
  })
  .refine(({ memory, text, data }) => (memory ?? text ?? data) !== undefined, {
    message: 'is required (memory, text or data)',
    path: ['memory'],
  });

/** A run is a session here. What has no place of its own is kept in `metadata.mem0`. @param userId where none is named */
export function fromMem0(item: z.infer<typeof mem0Item>, userId: string | undefined): ImportedMemory | null {
  const {
    id,
    memory,
    text,
    data,
    metadata,
    user_id,
    userId: camelUser,
    agent_id,
    agentId,
    run_id,
    runId,
  } = item;
  const { created_at, createdAt, updated_at, updatedAt, expiration_date, ...more } = item;
  const owner = user_id ?? camelUser ?? userId;
  if (owner === undefined) return null;
  return fromForeign({
    origin: ['mem0', id],
    scope: {
      userId: owner,
      sessionId: run_id ?? runId ?? undefined,
      agentId: agent_id ?? agentId ?? undefined,
    },
    content: memory ?? text ?? data ?? '',
    metadata: { ...metadata, mem0: { ...unmapped(more), id } },
    createdAt: created_at ?? createdAt ?? undefined,
    updatedAt: updated_at ?? updatedAt ?? undefined,
    // It holds through that day.
    expiresAt: expiration_date == null ? undefined : new Date(`${expiration_date}T23:59:59.999Z`),
  });
}

/** The fields that nothing above has taken: hash, categories, actor_id, role, and what later versions add. */
function unmapped(item: Readonly<Record<string, unknown>>): JsonObject {
  const kept = Object.entries(item).filter(([key, value]) => !(key in mem0Item.shape) && value !== null);
  return Object.fromEntries(kept) as JsonObject;
}
