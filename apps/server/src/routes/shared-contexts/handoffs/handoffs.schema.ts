import { z } from 'zod';
import { HANDOFF_STATUSES } from '#libs/shared-context';
import { pageFields } from '../../../http/page.schema.js';
import { scopeId } from '../../../http/scope.schema.js';
import { queryNumber } from '../../../http/wire-value.schema.js';

const MAX_KEYS = 100;
const NOTE_MAX_CHARACTERS = 20_000;
/** Thirty days: what is pinned cannot be cleared away meanwhile. */
const TTL_MAX_SECONDS = 2_592_000;
/** Proxies in between close what is silent for longer. */
export const WAIT_MAX_SECONDS = 60;

const count = z.number().int();

export const createHandoff = z.strictObject({
  from: scopeId.meta({ description: 'The agent that hands over.' }),
  to: scopeId.meta({ description: 'The agent that is to accept.' }),
  keys: z.array(scopeId).min(1).max(MAX_KEYS),
  note: z.string().max(NOTE_MAX_CHARACTERS).optional(),
  token_budget: count
    .min(0)
    .optional()
    .meta({ description: 'What the compressed contents may cost together; what does not fit is left out.' }),
  ttl_seconds: count.min(1).max(TTL_MAX_SECONDS).optional().meta({ description: 'Default: a day.' }),
});
export type CreateHandoff = z.infer<typeof createHandoff>;

export const listHandoffs = z.strictObject({
  ...pageFields,
  to: scopeId.optional(),
  status: z.enum(HANDOFF_STATUSES).optional(),
  wait_seconds: queryNumber(
    z.coerce
      .number()
      .min(0)
      .max(WAIT_MAX_SECONDS, `must be at most ${WAIT_MAX_SECONDS}; ask again when the time is over`),
  )
    .optional()
    .meta({ description: 'Waits so long for a first handoff where there is none.' }),
});
export type ListHandoffs = z.infer<typeof listHandoffs>;

export const acceptHandoff = z.strictObject({}).optional();

const pinnedAnswer = z
  .object({
    key: z.string(),
    version: count,
    hash: z.string(),
    agent: z.string().nullable(),
    user_id: z.string().nullable(),
    original_tokens: count,
    tokens: count.meta({ description: 'Of the compressed content, as it is handed over.' }),
    transforms: z.array(z.string()),
  })
  .meta({ id: 'PinnedEntry' });

export const handoffAnswer = z
  .object({
    id: z.string(),
    context: z.string(),
    status: z.enum(HANDOFF_STATUSES),
    from: z.string(),
    to: z.string(),
    note: z.string().nullable(),
    user_id: z.string().nullable().meta({ description: 'Where all that has an owner has the same.' }),
    token_budget: count.nullable(),
    tokens: count,
    original_tokens: count,
    entries: z.array(pinnedAnswer),
    left_out: z.array(pinnedAnswer),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    accepted_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Handoff' });

export const acceptedAnswer = handoffAnswer.extend({
  entries: z.array(pinnedAnswer.extend({ content: z.unknown() })),
});
