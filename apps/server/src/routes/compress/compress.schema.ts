import { z } from 'zod';
import { message } from '../../http/message.schema.js';

const count = z.number().int().min(0).nullish();
const flag = z.boolean().nullish();
const share = z.number().min(0).nullish();
const texts = z.array(z.string()).nullish();

/** A window's settings, in the spellings of the documentation and of the clients. */
const windowConfig = z
  .looseObject({
    enabled: flag,
    keep_last_turns: count,
    min_keep_turns: count,
    preserve_recent_turns: count,
    output_buffer_tokens: count,
    max_tokens: z.number().int().min(1).nullish(),
  })
  .nullish();

const toolProfiles = z
  .record(z.string(), z.looseObject({ skip_compression: flag, max_items_after_crush: count }))
  .nullish();

/** What is known of the clients' configuration; they send more, which is passed over. */
export const compressConfig = z.looseObject({
  default_mode: z.enum(['audit', 'optimize', 'simulate', 'passthrough']).nullish(),
  mode: z.enum(['lossless', 'ccr', 'lossy_inline']).nullish(),
  strict: flag,
  compress_user_messages: flag,
  frozen_message_count: count,
  protect_recent: count,
  protect_recent_code: count,
  deadline_ms: z.number().int().min(1).nullish(),
  output_buffer_tokens: count,
  keep_turns: count,
  keep_last_turns: count,
  tool_profiles: toolProfiles,
  smart_crusher: z
    .looseObject({
      enabled: flag,
      min_items_to_analyze: count,
      min_tokens_to_crush: count,
      max_items_after_crush: count,
      keep_first: count,
      keep_last: count,
      relevance_threshold: share,
      anomaly_std_threshold: share,
      variance_threshold: share,
      preserve_errors: flag,
      preserve_fields: texts,
      relevance: z.looseObject({ relevance_threshold: share }).nullish(),
    })
    .nullish(),
  tool_crusher: z.looseObject({ tool_profiles: toolProfiles }).nullish(),
  cache_aligner: z.looseObject({ enabled: flag, date_patterns: texts, dynamic_patterns: texts }).nullish(),
  rolling_window: windowConfig,
  intelligent_context: windowConfig,
  ccr: z.looseObject({ enabled: flag, inject_retrieval_marker: flag }).nullish(),
});
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
    transforms: z.array(z.string()).optional(),
    estimated_savings: z.string().optional(),
    messages_optimized: z.array(message).optional(),
    block_breakdown: tokensByName.optional(),
    waste_signals: tokensByName.optional(),
    stable_prefix_hash: z.string().optional(),
    cache_alignment_score: z.number().optional(),
  })
  .meta({ id: 'CompressedPrompt' });
