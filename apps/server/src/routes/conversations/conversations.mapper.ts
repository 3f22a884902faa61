import type {
  AppendOutcome,
  AppendRequest,
  Conversation,
  ConversationContextRequest,
  NewConversation,
  StoredMessage,
} from '#libs/conversation';
import type { Page } from '#libs/kernel';
import { exactJson, type Answer } from '../../http/answer.js';
import { etagOf, expectedVersion } from '../../http/etag.js';
import { messageTexts, type ExactBody } from '../../http/exact-body.js';
import { REPLAYED } from '../../http/idempotency.js';
import { toPage, type PageOnTheWire } from '../../http/page.schema.js';
import { toScope } from '../../http/scope.schema.js';
import { fromDate } from '../../http/wire-value.schema.js';
import { toFitting } from '../context/context.mapper.js';
import type { AppendMessages, ConversationContext, CreateConversation } from './conversations.schema.js';
import type { Wire } from '../../http/wire.js';

export function toNewConversation(body: CreateConversation): NewConversation {
  return { scope: toScope(body), model: body.model, metadata: body.metadata };
}

export function toContextRequest(body: ConversationContext): ConversationContextRequest {
  return { ...toFitting(body), memories: body.memories };
}

/** What conditions an append, as headers. */
export interface AppendHeaders {
  readonly ifMatch?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

export function toAppend(body: ExactBody<AppendMessages>, headers: AppendHeaders): AppendRequest {
  return {
    messages: body.value.messages,
    texts: messageTexts(body),
    expectedCount: expectedVersion(headers.ifMatch),
    idempotencyKey: headers.idempotencyKey,
  };
}

/** With its ETag: a conversation changes with the number of its messages and in no other way. */
export function fromConversation(conversation: Conversation): Answer<Wire> {
  return { headers: { etag: etagOf(conversation.messageCount) }, body: toWire(conversation) };
}

function toWire(conversation: Conversation): Wire {
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
    forked_from: conversation.forkedFrom ?? null,
  };
}

export function fromConversations(page: Page<Conversation>): PageOnTheWire<Wire> {
  return toPage(page, toWire);
}

/** The ETag is the conversation's as this append left it. */
export function fromAppend(outcome: AppendOutcome): Answer<Wire> {
  return {
    headers: { etag: etagOf(outcome.lastIndex + 1), ...(outcome.isRepeated && REPLAYED) },
    body: {
      appended: outcome.appended,
      first_index: outcome.firstIndex,
      last_index: outcome.lastIndex,
      tokens: outcome.tokens,
    },
  };
}

/** The page as JSON text: each message goes in as its own text, so that its numbers keep their literals. */
export function fromMessages({ data, nextCursor }: Page<StoredMessage>): Answer<string> {
  const items = data.map(
    ({ index, text, tokens, createdAt }) =>
      `{"index":${index},"message":${text},"tokens":${tokens},"created_at":"${fromDate(createdAt)}"}`,
  );
  return exactJson({ data: items }, { next_cursor: nextCursor });
}
