import type {
  AppendOutcome,
  Conversation,
  ConversationContextRequest,
  NewConversation,
  StoredMessage,
} from '#libs/conversation';
import type { Page } from '#libs/kernel';
import type { Answer } from '../../http/answer.js';
import { toPage, type PageOnTheWire } from '../../http/page.schema.js';
import { toScope } from '../../http/scope.schema.js';
import { fromDate } from '../../http/wire-value.schema.js';
import { toFitting } from '../context/context.mapper.js';
import type { ConversationContext, CreateConversation } from './conversations.schema.js';
import type { Wire } from '../../http/wire.js';

export function toNewConversation(body: CreateConversation): NewConversation {
  return { scope: toScope(body), model: body.model, metadata: body.metadata };
}

export function toContextRequest(body: ConversationContext): ConversationContextRequest {
  return { ...toFitting(body), memories: body.memories };
}

export function fromConversation(conversation: Conversation): Wire {
  const { scope } = conversation;
  return {
    id: conversation.id,
    user_id: scope.userId,
    session_id: scope.sessionId ?? null,
    agent_id: scope.agentId ?? null,
    turn_id: scope.turnId ?? null,
    model: conversation.model ?? null,
    metadata: conversation.metadata,
    message_count: conversation.messageCount,
    tokens: conversation.tokens,
    created_at: fromDate(conversation.createdAt),
    updated_at: fromDate(conversation.updatedAt),
  };
}

export function fromConversations(page: Page<Conversation>): PageOnTheWire<Wire> {
  return toPage(page, fromConversation);
}

export function fromAppend(outcome: AppendOutcome): Wire {
  return {
    appended: outcome.appended,
    first_index: outcome.firstIndex,
    last_index: outcome.lastIndex,
    tokens: outcome.tokens,
  };
}

/** The page as JSON text: each message goes in as its own text, so that its numbers keep their literals. */
export function fromMessages({ data, nextCursor }: Page<StoredMessage>): Answer<string> {
  const items = data.map(
    ({ index, text, tokens, createdAt }) =>
      `{"index":${index},"message":${text},"tokens":${tokens},"created_at":"${fromDate(createdAt)}"}`,
  );
  return {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: `{"data":[${items.join(',')}],"next_cursor":${JSON.stringify(nextCursor)}}`,
  };
}
