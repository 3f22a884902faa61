import {
  type AppendOutcome,
  type AppendReceipt,
  type AppendTerms,
  type Conversation,
  ConversationStore,
  type Fork,
  forkIndex,
  judgeAppend,
  type NewMessage,
  outcomeOf,
  type StoredMessage,
} from '#libs/conversation';
import {
  type Caller,
  type ErasureReceipt,
  maySee,
  notFound,
  type Page,
  type PageRequest,
  requireUser,
  type Scope,
} from '#libs/kernel';
import { decodePosition, decodeTimeAndId, encodeCursor, type ListIdentity } from '../database/cursor.js';
import type { Erasable } from './erasable.js';

interface Kept {
  readonly tenantId: string;
  conversation: Conversation;
  readonly messages: StoredMessage[];
  readonly receipts: Map<string, AppendReceipt>;
}

export class InMemoryConversationStore extends ConversationStore implements Erasable {
  readonly #kept = new Map<string, Kept>();

  override async create(caller: Caller, conversation: Conversation): Promise<Conversation> {
    await Promise.resolve();
    requireUser(caller, conversation.scope.userId);
    this.#kept.set(addressOf(caller, conversation.id), {
      tenantId: caller.tenantId,
      conversation: structuredClone({ ...conversation, messageCount: 0, tokens: 0 }),
      messages: [],
      receipts: new Map(),
    });
    return conversation;
  }

  override async find(caller: Caller, id: string): Promise<Conversation | null> {
    await Promise.resolve();
    return this.#visible(caller, id)?.conversation ?? null;
  }

  override async list(caller: Caller, scope: Scope, page: PageRequest): Promise<Page<Conversation>> {
    await Promise.resolve();
    const after = page.cursor === undefined ? null : decodeTimeAndId(listOf(scope), page.cursor);
    const rest = [...this.#kept.values()]
      .filter((kept) => this.#isVisible(caller, kept) && isInSubtree(kept.conversation.scope, scope))
      .map((kept) => kept.conversation)
      .filter((conversation) => after === null || isOlder(conversation, ...after))
      .sort((a, b) => (isOlder(a, b.createdAt.getTime(), b.id) ? 1 : -1));
    const data = rest.slice(0, page.limit);
    const last = data.at(-1);
    const nextCursor =
      last && rest.length > data.length
        ? encodeCursor(listOf(scope), [last.createdAt.getTime(), last.id])
        : null;
    return { data, nextCursor };
  }

  override async append(
    caller: Caller,
    id: string,
    messages: readonly NewMessage[],
    at: Date,
    terms: AppendTerms = {},
  ): Promise<AppendOutcome> {
    await Promise.resolve();
    const kept = this.#require(caller, id);
    const firstIndex = kept.messages.length;
    const address = JSON.stringify([caller.keyId ?? null, terms.key?.key]);
    const answered = judgeAppend(terms, kept.receipts.get(address), firstIndex, at);
    if (answered !== null) return answered;
    for (const { message, text, tokens } of messages) {
      kept.messages.push({
        index: kept.messages.length,
        message: structuredClone(message),
        text: text ?? JSON.stringify(message),
        tokens,
        createdAt: at,
      });
    }
    kept.conversation = { ...kept.conversation, ...totalsOf(kept.messages), updatedAt: at };
    const tokens = totalsOf(messages).tokens;
    const done = { firstIndex, appended: messages.length, tokens };
    if (terms.key) kept.receipts.set(address, { ...done, fingerprint: terms.key.fingerprint, at });
    return outcomeOf(done, false);
  }

  override async fork(caller: Caller, source: Conversation, fork: Fork): Promise<Conversation> {
    await Promise.resolve();
    const { tenantId, conversation, messages: all } = this.#require(caller, source.id);
    const last = forkIndex(fork.atIndex, all.length);
    const messages = all.slice(0, last + 1);
    const forked: Conversation = {
      ...conversation,
      ...totalsOf(messages),
      id: fork.id,
      createdAt: fork.at,
      updatedAt: fork.at,
      forkedFrom: { id: source.id, index: last < 0 ? null : last },
    };
    const kept = { tenantId, conversation: forked, messages, receipts: new Map<string, AppendReceipt>() };
    this.#kept.set(addressOf(caller, fork.id), kept);
    return forked;
  }

  override async messages(caller: Caller, id: string, page: PageRequest): Promise<Page<StoredMessage>> {
    await Promise.resolve();
    const { messages } = this.#require(caller, id);
    const from = page.cursor === undefined ? 0 : decodePosition(['messages', id], page.cursor) + 1;
    const data = messages.slice(from, from + page.limit);
    const last = data.at(-1);
    const hasMore = last !== undefined && last.index < messages.length - 1;
    return { data, nextCursor: hasMore ? encodeCursor(['messages', id], [last.index]) : null };
  }

  override async allMessages(caller: Caller, id: string): Promise<readonly StoredMessage[]> {
    await Promise.resolve();
    return [...this.#require(caller, id).messages];
  }

  override async remove(caller: Caller, id: string): Promise<boolean> {
    await Promise.resolve();
    return this.#visible(caller, id) !== undefined && this.#kept.delete(addressOf(caller, id));
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    let conversations = 0;
    let messages = 0;
    for (const [address, kept] of this.#kept) {
      if (kept.tenantId !== tenantId || kept.conversation.scope.userId !== userId) continue;
      this.#kept.delete(address);
      conversations++;
      messages += kept.messages.length;
    }
    return { conversations, messages };
  }

  #isVisible(caller: Caller, kept: Kept): boolean {
    return kept.tenantId === caller.tenantId && maySee(caller, kept.conversation.scope.userId);
  }

  #visible(caller: Caller, id: string): Kept | undefined {
    const kept = this.#kept.get(addressOf(caller, id));
    return kept && this.#isVisible(caller, kept) ? kept : undefined;
  }

  #require(caller: Caller, id: string): Kept {
    const kept = this.#visible(caller, id);
    if (!kept) throw notFound('conversation');
    return kept;
  }
}

function totalsOf(messages: readonly { readonly tokens: number }[]): {
  readonly messageCount: number;
  readonly tokens: number;
} {
  return { messageCount: messages.length, tokens: messages.reduce((sum, { tokens }) => sum + tokens, 0) };
}

function listOf({ userId, sessionId, agentId, turnId }: Scope): ListIdentity {
  return ['conversations', userId, sessionId, agentId, turnId];
}

function addressOf(caller: Caller, id: string): string {
  return JSON.stringify([caller.tenantId, id]);
}

function isOlder(conversation: Conversation, createdAt: number, id: string): boolean {
  const time = conversation.createdAt.getTime();
  return time < createdAt || (time === createdAt && conversation.id < id);
}

/** The owner carries every id that the asked scope names. */
function isInSubtree(owner: Scope, asked: Scope): boolean {
  return (
    owner.userId === asked.userId &&
    (asked.sessionId === undefined || owner.sessionId === asked.sessionId) &&
    (asked.agentId === undefined || owner.agentId === asked.agentId) &&
    (asked.turnId === undefined || owner.turnId === asked.turnId)
  );
}
