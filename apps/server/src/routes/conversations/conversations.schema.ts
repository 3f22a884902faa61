import { z } from 'zod';
import { message } from '../../http/message.schema.js';
import { pageFields } from '../../http/page.schema.js';
import { scopeFields } from '../../http/scope.schema.js';
import { jsonObject } from '../../http/wire-value.schema.js';
import { contextFields } from '../context/context.schema.js';

export const createConversation = z.strictObject({
  ...scopeFields,
  model: z.string().min(1).optional(),
  metadata: jsonObject.optional(),
});
export type CreateConversation = z.infer<typeof createConversation>;

export const APPEND_HEADERS = {
  'If-Match': "The conversation's ETag: refused with 412 when others have appended since.",
};

export const appendMessages = z.strictObject({ messages: z.array(message).min(1) });
export type AppendMessages = z.infer<typeof appendMessages>;

/** The body may be left out: the fork has the whole history. */
export const forkConversation = z
  .strictObject({
    at_index: z.number().int().min(0).optional().meta({ description: 'The last message to take along.' }),
  })
  .prefault({});
export type ForkConversation = z.infer<typeof forkConversation>;

export const listConversations = z.strictObject({ ...scopeFields, ...pageFields });
export type ListConversations = z.infer<typeof listConversations>;

export const listMessages = z.strictObject(pageFields);
export type ListMessages = z.infer<typeof listMessages>;

/** The body may be left out: everything has a default. */
export const conversationContext = z.strictObject(contextFields).prefault({});
export type ConversationContext = z.infer<typeof conversationContext>;

const count = z.number().int();
const moment = z.iso.datetime();

export const conversationAnswer = z
  .object({
    id: z.string(),
    user_id: z.string(),
    session_id: z.string().nullable(),
    agent_id: z.string().nullable(),
    turn_id: z.string().nullable(),
    model: z.string().nullable(),
    metadata: jsonObject,
    message_count: count,
    tokens: count,
    created_at: moment,
    updated_at: moment,
    forked_from: z
      .object({ id: z.string(), index: count.nullable() })
      .nullable()
      .meta({ description: 'The conversation that this one began as, and the last message that both have.' }),
  })
  .meta({ id: 'Conversation' });

export const appendAnswer = z.object({
  appended: count,
  first_index: count,
  last_index: count,
  tokens: count,
});

export const storedMessageAnswer = z.object({ index: count, message, tokens: count, created_at: moment });
