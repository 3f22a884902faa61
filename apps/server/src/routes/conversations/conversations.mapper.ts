import type {
  AppendOutcome,
  Conversation,
  ConversationContextRequest,
  NewConversation,
  StoredMessage,
} from '#libs/conversation';
import type { Page } from '#libs/kernel';
import { toPage, type PageOnTheWire } from '../../http/page.schema.js';
import { toScope } from '../../http/scope.schema.js';
import { fromDate } from '../../http/wire-value.schema.js';
import { toFitting } from '../context/context.mapper.js';
import type { ConversationContext, CreateConversation } from './conversations.schema.js';

type Wire = Readonly<Record<string, unknown>>;

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

export function fromMessages(page: Page<StoredMessage>): PageOnTheWire<Wire> {
  return toPage(page, ({ index, message, tokens, createdAt }) => ({
    index,
    message,
    tokens,
    created_at: fromDate(createdAt),
  }));
}
