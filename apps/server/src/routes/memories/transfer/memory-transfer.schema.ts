import { z } from 'zod';
import { scopeFields, scopeId } from '../../../http/scope.schema.js';
import { time } from '../../../http/wire-value.schema.js';
import { memoryAnswer } from '../memories.schema.js';
import { IMPORT_FORMATS } from './import-records.js';

export const exportMemories = z.strictObject({
  ...scopeFields,
  after: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Goes on behind the memory of this id: after a break, the last one that arrived.' }),
});
export type ExportMemories = z.infer<typeof exportMemories>;

/** What is derived from an index of this server is no part of a memory. */
export const exportedMemory = memoryAnswer.omit({ embedding_model: true }).meta({ id: 'ExportedMemory' });

export const importMemories = z.strictObject({
  format: z
    .enum(IMPORT_FORMATS)
    .optional()
    .meta({
      description:
        'Default: each item is read as what it looks like. mem0: `{id, memory|text|data, metadata, user_id, agent_id, ' +
        'run_id, created_at, updated_at}`, a run becoming a session. langgraph: `{namespace|prefix, key, value, ' +
        'created_at, updated_at}`; of the namespace, `memories`, `memory`, `users`, `user` and `store` are passed over, ' +
        'then come user, session and agent; the text is the `content`, `text`, `memory` or `data` of the value, else its JSON.',
    }),
  user_id: scopeId.optional().meta({ description: 'Whose the items are that name no user.' }),
});
export type ImportMemories = z.infer<typeof importMemories>;

export const importAnswer = z.object({
  imported: z.number().int(),
  skipped: z.number().int().meta({ description: 'They were there already.' }),
  failed: z.number().int(),
  errors: z
    .array(z.object({ line: z.number().int(), detail: z.string() }))
    .meta({ description: 'The first hundred. `line` counts from 1: lines, or the items of a JSON array.' }),
});

export const rollbackMemories = z.strictObject({
  ...scopeFields,
  to: time,
  dry_run: z.boolean().default(false),
});
export type RollbackMemories = z.infer<typeof rollbackMemories>;

export const rollbackAnswer = z.object({
  changes: z.array(
    z.object({
      id: z.string(),
      action: z.enum(['restore', 'retire']),
      before: memoryAnswer.optional(),
      after: memoryAnswer.extend({ id: z.string().nullable() }).optional(),
    }),
  ),
});
