import { z } from 'zod';
import { pageFields } from '../../http/page.schema.js';
import { scopeId } from '../../http/scope.schema.js';
import { jsonObject, queryFlag } from '../../http/wire-value.schema.js';

/** Ten years: a longer life is a mistake in the unit. */
const TTL_MAX_SECONDS = 315_360_000;
const MAX_ENTRIES_LIMIT = 100_000;
const MAX_SOURCES = 100;

/** The name of a context or of a key in it: opaque, matched exactly. */
export const name = scopeId;

const ttlSeconds = z.number().int().min(1).max(TTL_MAX_SECONDS);

export const putEntry = z.strictObject({
  content: z
    .unknown()
    .refine((content) => content !== undefined, 'is required')
    .meta({ description: 'A string or any JSON; given back exactly.' }),
  agent: z.string().max(512).optional(),
  user_id: scopeId.optional(),
  ttl_seconds: ttlSeconds.optional(),
  metadata: jsonObject.optional(),
  derived_from: z
    .array(z.union([name, z.strictObject({ key: name, version: z.number().int().min(1).optional() })]))
    .max(MAX_SOURCES)
    .optional()
    .meta({
      description: 'Entries of this context that it was made from; a key alone means its version now.',
    }),
});
export type PutEntry = z.infer<typeof putEntry>;

export const getEntry = z.strictObject({ full: queryFlag.optional(), query: z.string().optional() });
export type GetEntry = z.infer<typeof getEntry>;

export const listEntries = z.strictObject(pageFields);
export type ListEntries = z.infer<typeof listEntries>;

export const putConfig = z.strictObject({
  model: z.string().min(1).optional(),
  ttl_seconds: ttlSeconds.optional(),
  max_entries: z.number().int().min(1).max(MAX_ENTRIES_LIMIT).optional(),
});
export type PutConfig = z.infer<typeof putConfig>;

const count = z.number().int();

export const entryAnswer = z
  .object({
    context: z.string(),
    key: z.string(),
    agent: z.string().nullable(),
    user_id: z.string().nullable(),
    version: count,
    hash: z.string(),
    original_tokens: count,
    compressed_tokens: count,
    savings_percent: z.number(),
    transforms: z.array(z.string()),
    derived_from: z.array(z.object({ key: z.string(), version: count })),
    metadata: jsonObject,
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'SharedEntry' });

export const contentAnswer = entryAnswer.extend({ content: z.unknown() });

export const statsAnswer = z.object({
  entries: count,
  total_original_tokens: count,
  total_compressed_tokens: count,
  total_tokens_saved: count,
  savings_percent: z.number(),
});

export const configAnswer = z.object({
  model: z.string().nullable(),
  ttl_seconds: count,
  max_entries: count,
});
