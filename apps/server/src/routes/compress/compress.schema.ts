import { z } from 'zod';
import { message } from '../../http/message.schema.js';
import { COMPRESSION_CONFIG_DOCS } from './compress-config.docs.js';

const count = z.number().int().min(0).nullish();
/** A window's settings, in the spellings of the documentation and of the clients. */
const windowConfig = z.looseObject({
  enabled: z.boolean().nullish(),
  keep_last_turns: count,
  min_keep_turns: count,
  preserve_recent_turns: count,
  output_buffer_tokens: count,
});

const weight = z.number().min(0).nullish();
const scoringWeights = z.looseObject({
  recency: weight,
  semantic_similarity: weight,
  toin_importance: weight,
  error_indicator: weight,
  forward_reference: weight,
  token_density: weight,
});

const intelligentConfig = windowConfig.extend({
  use_importance_scoring: z.boolean().nullish().meta({ description: 'false drops the oldest first' }),
  scoring_weights: scoringWeights.nullish().meta({
    description: 'made to add up to 1; factors left out weigh nothing, without any the defaults hold',
  }),
});

/** What is read here of the clients' configuration; `parseCompressionConfig` reads the rest, and they send more. */
const readHere = z.looseObject({
  default_mode: z.enum(['audit', 'optimize', 'simulate', 'passthrough']).nullish(),
  strict: z.boolean().nullish(),
  output_buffer_tokens: count,
  keep_turns: count,
  keep_last_turns: count,
  rolling_window: windowConfig.nullish(),
  intelligent_context: intelligentConfig.nullish(),
});
const { properties } = z.toJSONSchema(readHere, { io: 'input' });
export const compressConfig = readHere.meta({ properties: { ...properties, ...COMPRESSION_CONFIG_DOCS } });
export type CompressConfig = z.infer<typeof compressConfig>;

const compressFields = z.looseObject({
  messages: z.array(message),
  model: z.string().nullish(),
  token_budget: z.number().int().min(1).nullish(),
  config: compressConfig.nullish(),
});
export type CompressBody = z.infer<typeof compressFields>;

/** The text that clients know for the one field that must be there. */
export const MISSING_MESSAGES = 'Missing required field: messages';

export const compressBody = z.preprocess((body, context) => {
  const isThere =
    typeof body === 'object' &&
    body !== null &&
    'messages' in body &&
    body.messages !== undefined &&
    body.messages !== null;
  if (isThere) return body;
  context.addIssue({ code: 'custom', message: MISSING_MESSAGES, path: [] });
  return z.NEVER;
}, compressFields);

const tokens = z.number().int();
const tokensByName = z.record(z.string(), tokens);

/** Why a message is as it is. */
const messageReport = z.object({
  index: z.number().int(),
  reason: z.string(),
  content_type: z.string().nullable(),
  content_reason: z.string().nullable(),
  transforms: z.array(z.string()),
  tokens_before: tokens,
  tokens_after: tokens,
});

export const compressAnswer = z
  .object({
    messages: z.array(message),
    tokens_before: tokens,
    tokens_after: tokens,
    tokens_saved: tokens,
    compression_ratio: z.number(),
    transforms_applied: z.array(z.string()),
    transforms_summary: tokensByName,
    ccr_hashes: z.array(z.string()),
    message_reports: z.array(messageReport),
    learned_snapshot: z.number().int().optional(),
    transforms: z.array(z.string()).optional(),
    estimated_savings: z.string().optional(),
    messages_optimized: z.array(message).optional(),
    block_breakdown: tokensByName.optional(),
    waste_signals: tokensByName.optional(),
    stable_prefix_hash: z.string().optional(),
    cache_alignment_score: z.number().optional(),
  })
  .meta({ id: 'CompressedPrompt' });

const BATCH_MAX = 100;

export const compressBatchBody = z.looseObject({
  requests: z
    .array(z.unknown().meta({ ...z.toJSONSchema(compressFields, { io: 'input' }) }))
    .min(1)
    .max(BATCH_MAX),
});
export type CompressBatchBody = z.infer<typeof compressBatchBody>;

/** One answer per request, in order. */
export const compressBatchAnswer = z
  .object({
    data: z.array(
      z.object({
        index: z.number().int(),
        status: z.enum(['compressed', 'error']),
        result: compressAnswer.optional(),
        error: z
          .object({ type: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
          .optional(),
      }),
    ),
  })
  .meta({ id: 'CompressedPrompts' });
