import { z } from 'zod';

/** The text that clients know for the one field that must be there. */
export const MISSING_HASH = 'hash required';

const retrieveFields = z.looseObject({ hash: z.string(), query: z.string().nullish() });
export type RetrieveBody = z.infer<typeof retrieveFields>;

export const retrieveBody = z.preprocess((body, context) => {
  const hash: unknown = typeof body === 'object' && body !== null && 'hash' in body ? body.hash : undefined;
  if (typeof hash === 'string' && hash.trim() !== '') return body;
  context.addIssue({ code: 'custom', message: MISSING_HASH, path: [] });
  return z.NEVER;
}, retrieveFields);

export const retrieveQuery = z.looseObject({ query: z.string().optional() });
export type RetrieveQuery = z.infer<typeof retrieveQuery>;

export const toolCallBody = z.looseObject({
  tool_call: z.looseObject({}),
  provider: z.enum(['openai', 'anthropic', 'gemini', 'google']).nullish(),
});
export type ToolCallBody = z.infer<typeof toolCallBody>;

const count = z.number().int();

export const retrieveAnswer = z.union([
  z.object({
    hash: z.string(),
    original_content: z.string(),
    original_tokens: count,
    original_item_count: count,
    compressed_item_count: count,
    tool_name: z.string().nullable(),
    retrieval_count: count,
  }),
  z.object({ hash: z.string(), query: z.string(), results: z.array(z.unknown()), count }),
]);

export const toolCallAnswer = z.object({
  tool_result: z.looseObject({}),
  success: z.boolean(),
  data: z.looseObject({}),
});
