import {
  type AppendOutcome,
  type AppendTerms,
  type Conversation,
  ConversationStore,
  type Fork,
  type NewMessage,
  type StoredMessage,
} from '#libs/conversation';
import { type Caller, type Page, type PageRequest, requireUser, type Scope } from '#libs/kernel';
import { decodePosition, decodeTimeAndId, encodeCursor, type ListIdentity } from '../cursor.js';
import type { Database } from '../database.js';
import { memoriesLock } from '../memories/memories-lock.js';
import { once, type Repeatable } from '../idempotency/once.js';
import { allOf, type Sql, sql, trusted } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { visibleTo } from '../visibility.js';
import { appendRows } from './append-rows.js';
import { CONVERSATION_COLUMNS, conversationValues, toConversation } from './conversation.mapper.js';
import { conversationIn, conversationOf, messagesAfter } from './conversation-reads.js';
import { forkRows } from './fork-rows.js';

/** Conversations on SQLite and PostgreSQL. */
export class SqlConversationStore extends ConversationStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async create(caller: Caller, conversation: Conversation): Promise<Conversation> {
    requireUser(caller, conversation.scope.userId);
    const values = conversationValues(caller.tenantId, conversation);
    const insert = async (unit: Unit): Promise<Conversation> => {
      await unit.run(sql`INSERT INTO conversations (${trusted(CONVERSATION_COLUMNS)}) VALUES ${values}`);
      return conversation;
    };
    return once(this.database.unitOfWork, caller, insert, repeatableBeginning(caller, conversation.scope));
  }

  override find(caller: Caller, id: string): Promise<Conversation | null> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const row = await unit.first(sql`SELECT * FROM conversations WHERE ${conversationOf(caller, id)}`);
      return row ? toConversation(row) : null;
    });
  }

  override async list(caller: Caller, scope: Scope, page: PageRequest): Promise<Page<Conversation>> {
    const conditions = [sql`tenant_id = ${caller.tenantId}`, visibleTo(caller), ...subtreeOf(scope)];
    if (page.cursor !== undefined) {
      const [createdAt, id] = decodeTimeAndId(listOf(scope), page.cursor);
      conditions.push(sql`(created_at, id) < (${createdAt}, ${id})`);
    }
    return this.database.unitOfWork.read(caller, async (unit) => {
      const rows = await unit.all(sql`SELECT * FROM conversations WHERE ${allOf(conditions)}
        ORDER BY created_at DESC, id DESC LIMIT ${page.limit + 1}`);
      const data = rows.slice(0, page.limit).map(toConversation);
      const last = data.at(-1);
      const nextCursor =
        last && rows.length > data.length
          ? encodeCursor(listOf(scope), [last.createdAt.getTime(), last.id])
          : null;
      return { data, nextCursor };
    });
  }

  override append(
    caller: Caller,
    id: string,
    messages: readonly NewMessage[],
    at: Date,
    terms: AppendTerms = {},
  ): Promise<AppendOutcome> {
    return this.database.unitOfWork.run(caller, (unit) =>
      appendRows({ unit, caller, id, at }, messages, terms),
    );
  }

  override fork(caller: Caller, { id, scope }: Conversation, fork: Fork): Promise<Conversation> {
    // An erasure of the user sees either no copy or the whole of it.
    const lock = memoriesLock(scope.userId);
    const work = (unit: Unit): Promise<Conversation> => forkRows(unit, caller, id, fork);
    return once(this.database.unitOfWork, caller, work, repeatableBeginning(caller, scope), { lock });
  }

  override async messages(caller: Caller, id: string, page: PageRequest): Promise<Page<StoredMessage>> {
    const after = page.cursor === undefined ? -1 : decodePosition(['messages', id], page.cursor);
    return this.database.unitOfWork.read(caller, async (unit) => {
      const rows = await messagesAfter(unit, caller, id, after, page.limit + 1);
      const data = rows.slice(0, page.limit);
      const last = data.at(-1);
      const hasMore = last !== undefined && rows.length > data.length;
      return { data, nextCursor: hasMore ? encodeCursor(['messages', id], [last.index]) : null };
    });
  }

  override allMessages(caller: Caller, id: string): Promise<readonly StoredMessage[]> {
    return this.database.unitOfWork.read(caller, (unit) => messagesAfter(unit, caller, id, -1, 2 ** 31 - 1));
  }

  override async remove(caller: Caller, id: string): Promise<boolean> {
    const removed = await this.database.unitOfWork.run(caller, (unit) =>
      unit.run(sql`DELETE FROM conversations WHERE ${conversationOf(caller, id)}`),
    );
    return removed > 0;
  }
}

/** A new conversation under an idempotency key. */
function repeatableBeginning(caller: Caller, { userId }: Scope): Repeatable<Conversation> {
  return {
    userId,
    noteOf: ({ id }) => id,
    fromNote: (id, unit) => conversationIn(unit, caller, id as string),
  };
}

function listOf({ userId, sessionId, agentId, turnId }: Scope): ListIdentity {
  return ['conversations', userId, sessionId, agentId, turnId];
}

function subtreeOf({ userId, sessionId, agentId, turnId }: Scope): Sql[] {
  return [
    sql`user_id = ${userId}`,
    ...(sessionId === undefined ? [] : [sql`session_id = ${sessionId}`]),
    ...(agentId === undefined ? [] : [sql`agent_id = ${agentId}`]),
    ...(turnId === undefined ? [] : [sql`turn_id = ${turnId}`]),
  ];
}
