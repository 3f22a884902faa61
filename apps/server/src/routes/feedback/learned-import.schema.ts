import { z } from 'zod';
import { MAX_PATTERNS } from '#libs/learning';

const MAX_NAME = 256;
/** Clients name tools as they like. */
const MAX_TOOL_NAME = 10_000;
const MAX_FIELDS = 48;
const MAX_QUERIES = 16;
const MAX_TOOLS = 100;
/** Nothing that is read lies deeper. */
const MAX_DEPTH = 8;

const count = z.number().min(0).max(Number.MAX_SAFE_INTEGER).default(0);
const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0);
const evidence = z
  .object({ outputs: count, retrievals: count, full_retrievals: count })
  .default({ outputs: 0, retrievals: 0, full_retrievals: 0 });

const field = z.object({
  name: z.string().min(1).max(MAX_NAME),
  types: z
    .array(z.enum(['string', 'number', 'boolean', 'array', 'object']))
    .max(5)
    .default([]),
  outputs: count,
  filled: count,
  distinct: count,
  queried: count,
  exceptional: count,
});

/** What is known of one structure from one tool. */
const tool = z.object({
  tool_name: z.string().max(MAX_TOOL_NAME).default(''),
  total_compressions: whole,
  total_retrievals: whole,
  full_retrievals: whole,
  tokens_before: whole,
  tokens_after: whole,
  items_before: whole,
  items_after: whole,
  items_retrieved: whole,
  lately: evidence,
  latest: evidence,
  fields: z.array(field).max(MAX_FIELDS).default([]),
  queries: z
    .array(
      z.object({
        fields: z
          .string()
          .min(1)
          .max(MAX_NAME * 4),
        count,
      }),
    )
    .max(MAX_QUERIES)
    .default([]),
});
export type ImportedTool = z.infer<typeof tool>;

const structure = tool.extend({
  content_kind: z.string().max(MAX_NAME).default('unknown'),
  /** Without them the counts of the structure itself are those of an unnamed tool. */
  tools: z.array(tool).max(MAX_TOOLS).optional(),
});

const signature = z
  .string()
  .regex(/^[0-9a-f]{8,64}$/, 'must be a signature: 8 to 64 lowercase hex characters');

const exported = z.looseObject({
  version: z.literal('1.0').default('1.0'),
  export_timestamp: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  source: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  tool_stats: z
    .record(signature, structure)
    .default({})
    .refine(
      (stats) => Object.keys(stats).length <= MAX_PATTERNS,
      `names more than ${MAX_PATTERNS} signatures`,
    ),
});

/** What an export holds; clients may have spelt its keys in their own way. */
export const learnedImport = z.preprocess((body) => inSnakeCase(body), exported);
export type LearnedImport = z.infer<typeof learnedImport>;

function inSnakeCase(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => inSnakeCase(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      inSnakeCase(member, depth + 1),
    ]),
  );
}
