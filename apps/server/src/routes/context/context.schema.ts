import { z } from 'zod';
import { message } from '../../http/message.schema.js';
import { scopeId } from '../../http/scope.schema.js';

const OUTPUT_BUFFER_TOKENS = 4000;
const KEEP_LAST_TURNS = 2;

const weight = z.number().min(0).optional();

/** What the importance of a message is made of, for the intelligent strategy; made to add up to 1. */
const weights = z.strictObject({
  recency: weight,
  semantic_similarity: weight,
  toin_importance: weight,
  error_indicator: weight,
  forward_reference: weight,
  token_density: weight,
});

/** How to make messages fit; the same for stored conversations and for messages in the body. */
export const contextFields = {
  model: z.string().min(1).optional(),
  token_budget: z.number().int().min(1).optional(),
  output_buffer_tokens: z.number().int().min(0).default(OUTPUT_BUFFER_TOKENS),
  strategy: z.enum(['intelligent', 'rolling_window']).default('intelligent'),
  keep_last_turns: z.number().int().min(0).default(KEEP_LAST_TURNS),
  weights: weights.optional().meta({
    description:
      'Of the intelligent strategy: normalised to add up to 1; factors left out weigh nothing. Where all are 0 the rolling window is applied.',
  }),
  query: z.string().optional().meta({
    description:
      'Of the intelligent strategy: what the context is wanted for; by default what the user said last.',
  }),
  compress: z.boolean().default(true),
  memories: z.boolean().default(false),
};

export const buildContext = z
  .strictObject({
    messages: z.array(message),
    user_id: scopeId.optional(),
    session_id: scopeId.optional(),
    agent_id: scopeId.optional(),
    turn_id: scopeId.optional(),
    ...contextFields,
  })
  .refine((body) => !body.memories || body.user_id !== undefined, {
    path: ['user_id'],
    message: 'is needed with memories: true',
  });
export type BuildContext = z.infer<typeof buildContext>;

const count = z.number().int();
const share = z.number().min(0).max(1);

const messageScore = z.object({
  index: count,
  total: share,
  recency: share,
  semantic_similarity: share,
  toin_importance: share,
  error_indicator: share,
  forward_reference: share,
  token_density: share,
});

export const contextAnswer = z
  .object({
    messages: z.array(message),
    tokens_before: count,
    tokens_after: count,
    budget: count,
    strategy: z.enum(['intelligent', 'rolling_window']),
    kept: z.array(count),
    dropped: z.array(z.object({ index: count, score: z.number(), hash: z.string() })),
    scores: z
      .array(messageScore)
      .optional()
      .meta({ description: "Each message's importance, and the factors that it is the weighted sum of." }),
    transforms: z.array(z.string()),
    ccr_hashes: z.array(z.string()),
  })
  .meta({ id: 'Context' });
