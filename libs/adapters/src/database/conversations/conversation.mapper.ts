import type { Conversation, StoredMessage } from '#libs/conversation';
import type { JsonObject, Message, Scope } from '#libs/kernel';
import { labelText } from '../exact-text.js';
import { instant, isNull, json, numeric, optionalText, type Row, text } from '../row.js';
import { type Sql, sql } from '../sql.js';

export const CONVERSATION_COLUMNS = `tenant_id, id, user_id, session_id, agent_id, turn_id, model, metadata,
  message_count, tokens, created_at, updated_at, forked_from_id, forked_from_index`;

/** An empty conversation, in the order of {@link CONVERSATION_COLUMNS}. */
export function conversationValues(tenantId: string, conversation: Conversation): Sql {
  const { id, scope, model, metadata, createdAt, updatedAt } = conversation;
  return sql`(${tenantId}, ${id}, ${scope.userId}, ${scope.sessionId}, ${scope.agentId}, ${scope.turnId},
    ${model === undefined ? undefined : labelText(model)}, ${JSON.stringify(metadata)}, 0, 0, ${createdAt.getTime()},
    ${updatedAt.getTime()}, ${undefined}, ${undefined})`;
}

export function toConversation(row: Row): Conversation {
  const model = optionalText(row, 'model');
  const forkedFrom = optionalText(row, 'forked_from_id');
  return {
    id: text(row, 'id'),
    scope: toScope(row),
    ...(model === undefined ? {} : { model }),
    metadata: json(row, 'metadata') as JsonObject,
    messageCount: numeric(row, 'message_count'),
    tokens: numeric(row, 'tokens'),
    createdAt: instant(row, 'created_at'),
    updatedAt: instant(row, 'updated_at'),
    ...(forkedFrom === undefined
      ? {}
      : {
          forkedFrom: {
            id: forkedFrom,
            index: isNull(row, 'forked_from_index') ? null : numeric(row, 'forked_from_index'),
          },
        }),
  };
}

export function toStoredMessage(row: Row): StoredMessage {
  return {
    index: numeric(row, 'position'),
    message: json(row, 'message') as Message,
    text: text(row, 'message'),
    tokens: numeric(row, 'tokens'),
    createdAt: instant(row, 'created_at'),
  };
}

function toScope(row: Row): Scope {
  const sessionId = optionalText(row, 'session_id');
  const agentId = optionalText(row, 'agent_id');
  const turnId = optionalText(row, 'turn_id');
  return {
    userId: text(row, 'user_id'),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(agentId === undefined ? {} : { agentId }),
    ...(turnId === undefined ? {} : { turnId }),
  };
}
