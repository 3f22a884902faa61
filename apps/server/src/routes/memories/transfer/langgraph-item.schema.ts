import { z } from 'zod';
import type { JsonObject, JsonValue, Scope } from '#libs/kernel';
import type { ImportedMemory } from '#libs/memory';
import { isObject } from '../../../http/wire-value.schema.js';
import { foreignTime, fromForeign } from './foreign-memory.js';

/** Parts of a namespace that say what it holds, not whose it is. */
const LABELS = new Set(['memories', 'memory', 'users', 'user', 'store']);
/** Where a value keeps its text, the most telling first. */
const TEXT_FIELDS = ['content', 'text', 'memory', 'data'];

/**
 * An item of a LangGraph store: `Item.dict()` of langgraph.store.base (namespace, key, value, created_at, updated_at),
 * the camelCase of LangGraph.js, or a row of the table `store` of PostgresStore and SqliteStore, whose `prefix` is the
 * namespace joined by dots (langgraph/store/postgres/base.py).
 */
export const langGraphItem = z
  .looseObject({
    namespace: z.union([z.array(z.string()), z.string()]).optional(),
    prefix: z.string().optional(),
    key: z.string(),
    value: z.unknown().refine((value) => value !== undefined && value !== null, 'is required'),
    created_at: foreignTime.nullish(),
    createdAt: foreignTime.nullish(),
    updated_at: foreignTime.nullish(),
    updatedAt: foreignTime.nullish(),
    expires_at: foreignTime.nullish(),
  })
  .refine(({ namespace, prefix }) => (namespace ?? prefix) !== undefined, {
    message: 'is required (or prefix)',
    path: ['namespace'],
  });

/**
 * Of the namespace's parts, labels such as `memories` are passed over; then come user, session and agent, in that
 * order. Namespace, key and what the value says beside its text are kept in `metadata.langgraph`.
 * @param userId where the namespace names none
 */
export function fromLangGraph(
  item: z.infer<typeof langGraphItem>,
  userId: string | undefined,
): ImportedMemory | null {
  const named = item.namespace ?? item.prefix ?? [];
  const namespace = typeof named === 'string' ? named.split('.') : named;
  const scope = scopeOf(namespace, userId);
  if (scope === null) return null;
  const { content, rest } = textOf(item.value as JsonValue);
  return fromForeign({
    origin: ['langgraph', JSON.stringify(namespace), item.key],
    scope,
    content,
    metadata: { langgraph: { namespace, key: item.key, ...(rest !== undefined && { value: rest }) } },
    createdAt: item.created_at ?? item.createdAt ?? undefined,
    updatedAt: item.updated_at ?? item.updatedAt ?? undefined,
    expiresAt: item.expires_at ?? undefined,
  });
}

function scopeOf(namespace: readonly string[], fallback: string | undefined): Scope | null {
  const [userId = fallback, sessionId, agentId] = namespace.filter((part) => !LABELS.has(part.toLowerCase()));
  return userId === undefined ? null : { userId, sessionId, agentId };
}

/** The text of a value, and what it says beside it; a value without a text is its own JSON. */
function textOf(value: JsonValue): { readonly content: string; readonly rest?: JsonObject } {
  if (typeof value === 'string') return { content: value };
  if (isObject(value)) {
    for (const field of TEXT_FIELDS) {
      const { [field]: content, ...rest } = value;
      if (typeof content !== 'string' || content.trim() === '') continue;
      return Object.keys(rest).length === 0 ? { content } : { content, rest };
    }
  }
  return { content: JSON.stringify(value) };
}
