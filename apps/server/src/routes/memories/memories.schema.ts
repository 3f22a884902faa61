import { z } from 'zod';
import { SCOPE_LEVELS } from '#libs/kernel';
import {
  CONTENT_MAX_CHARACTERS,
  filterFaults,
  MEMORY_CATEGORIES,
  REASON_MAX_CHARACTERS,
  SEARCH_MODES,
  SUBJECT_MAX_CHARACTERS,
  textFault,
} from '#libs/memory';
import { message } from '../../http/message.schema.js';
import { pageFields } from '../../http/page.schema.js';
import { scopeFields } from '../../http/scope.schema.js';
import { jsonObject, queryFlag, queryNumber, time } from '../../http/wire-value.schema.js';

export const BATCH_MAX = 1000;

const category = z.enum(MEMORY_CATEGORIES);
const importance = z.number().min(0).max(1);
const scopeMode = z.enum(['resolve', 'exact', 'subtree']);

/** The lib's own rule, asked here as well so that its faults are told together with all others. */
const storable = (maxCharacters: number) =>
  z.string().superRefine((text, context) => {
    const message = textFault(text, maxCharacters);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
const content = storable(CONTENT_MAX_CHARACTERS);

const filter = jsonObject.superRefine((wire, context) => {
  for (const { path, message } of filterFaults(wire)) {
    context.addIssue({ code: 'custom', message, path: path === '' ? [] : [path] });
  }
});

const source = z.strictObject({
  conversation_id: z.string().optional(),
  message_index: z.number().int().min(0).optional(),
  agent: z.string().optional(),
});

const attributes = {
  category: category.optional(),
  importance: importance.optional(),
  entities: z.array(z.string()).optional(),
  metadata: jsonObject.optional(),
};

export const createMemory = z.strictObject({
  content,
  ...scopeFields,
  ...attributes,
  subject: storable(SUBJECT_MAX_CHARACTERS).optional(),
  on_subject: z.enum(['supersede', 'coexist', 'conflict']).optional(),
  valid_from: time.optional(),
  expires_at: time.optional(),
  source: source.optional(),
});
export type CreateMemory = z.infer<typeof createMemory>;

/** Each item is checked by itself, so that a faulty one spoils no other. */
export const createMemories = z.strictObject({
  memories: z
    .array(z.unknown().meta({ ...z.toJSONSchema(createMemory, { io: 'input' }) }))
    .min(1)
    .max(BATCH_MAX),
});
export type CreateMemories = z.infer<typeof createMemories>;

export const listMemories = z.strictObject({
  ...scopeFields,
  scope: scopeMode.optional(),
  scope_level: z.enum(SCOPE_LEVELS).optional(),
  category: category.optional(),
  subject: z.string().optional(),
  include_superseded: queryFlag.optional(),
  as_of: time.optional(),
  known_as_of: time.optional(),
  created_after: time.optional(),
  created_before: time.optional(),
  min_importance: queryNumber(z.coerce.number().min(0).max(1)).optional(),
  order_by: z.enum(['created_at', 'importance', 'last_accessed_at']).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  ...pageFields,
});
export type ListMemories = z.infer<typeof listMemories>;

/** A scope in a query string. */
export const memoryScope = z.strictObject(scopeFields);
export type MemoryScope = z.infer<typeof memoryScope>;

export const searchMemories = z.strictObject({
  query: z.string().refine((query) => query.trim() !== '', 'must not be empty'),
  ...scopeFields,
  scope: scopeMode.default('resolve'),
  top_k: z.number().int().min(1).max(100).default(10),
  mode: z.enum(SEARCH_MODES).default('hybrid'),
  filter: filter.optional(),
  min_score: z.number().min(0).max(1).optional(),
  as_of: time.optional(),
  known_as_of: time.optional(),
  include_superseded: z.boolean().default(false),
  max_tokens: z.number().int().min(1).optional(),
  explain: z.boolean().default(false),
});
export type SearchMemories = z.infer<typeof searchMemories>;

export const patchMemory = z.strictObject({ ...attributes, expires_at: time.nullable().optional() });
export type PatchMemory = z.infer<typeof patchMemory>;

export const supersedeMemory = z.strictObject({
  content,
  valid_from: time.optional(),
  importance: importance.optional(),
  metadata: jsonObject.optional(),
  reason: storable(REASON_MAX_CHARACTERS).optional(),
});
export type SupersedeMemory = z.infer<typeof supersedeMemory>;

export const promoteMemory = z.strictObject({ to: z.enum(['agent', 'session', 'user']) });
export type PromoteMemory = z.infer<typeof promoteMemory>;

/** A body that says nothing; it may be left out. */
export const emptyBody = z.strictObject({}).optional();

export const injectMemories = z.strictObject({
  messages: z.array(message),
  ...scopeFields,
  model: z.string().optional(),
  top_k: z.number().int().min(1).max(100).default(5),
  max_tokens: z.number().int().min(1).default(1024),
  extract: z.boolean().default(true),
});
export type InjectMemories = z.infer<typeof injectMemories>;

export const extractMemories = z.strictObject({
  content: z.string(),
  ...scopeFields,
  source: source.optional(),
});
export type ExtractMemories = z.infer<typeof extractMemories>;

const id = z.string();
const moment = z.iso.datetime();

export const memoryAnswer = z
  .object({
    id,
    content: z.string(),
    category,
    importance,
    subject: z.string().nullable(),
    entities: z.array(z.string()),
    metadata: jsonObject,
    user_id: id,
    session_id: id.nullable(),
    agent_id: id.nullable(),
    turn_id: id.nullable(),
    scope_level: z.enum(SCOPE_LEVELS),
    source: source.nullable(),
    also_seen: z.array(z.object({ at: moment, source: source.nullable() })),
    valid_from: moment,
    valid_until: moment.nullable(),
    created_at: moment,
    updated_at: moment,
    superseded_at: moment.nullable(),
    supersedes: id.nullable(),
    superseded_by: id.nullable(),
    reason: z.string().nullable(),
    promoted_from: id.nullable(),
    expires_at: moment.nullable(),
    deleted_at: moment.nullable(),
    access_count: z.number().int(),
    last_accessed_at: moment.nullable(),
    content_hash: z.string(),
    embedding_model: z.string().nullable(),
    version: z.number().int(),
  })
  .meta({ id: 'Memory' });
