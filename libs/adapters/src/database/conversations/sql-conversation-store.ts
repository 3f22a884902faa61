import {
  type Conversation,
  ConversationStore,
  type NewMessage,
  type StoredMessage,
} from '#libs/conversation';
import { type Caller, notFound, type Page, type PageRequest, requireUser, type Scope } from '#libs/kernel';
import { decodePosition, decodeTimeAndId, encodeCursor, type ListIdentity } from '../cursor.js';
import type { Database } from '../database.js';
import { numeric, text } from '../row.js';
import { allOf, joinSql, type Sql, sql, trusted } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { visibleTo } from '../visibility.js';
import {
  CONVERSATION_COLUMNS,
  conversationValues,
  toConversation,
  toStoredMessage,
} from './conversation.mapper.js';

/** Seven values a row. */
const ROWS_PER_STATEMENT = 500;

/** Conversations on SQLite and PostgreSQL. */
export class SqlConversationStore extends ConversationStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async create(caller: Caller, conversation: Conversation): Promise<void> {
    requireUser(caller, conversation.scope.userId);
    const values = conversationValues(caller.tenantId, conversation);
    await this.database.unitOfWork.run(caller, (unit) =>
      unit.run(sql`INSERT INTO conversations (${trusted(CONVERSATION_COLUMNS)}) VALUES ${values}`),
    );
  }

  override find(caller: Caller, id: string): Promise<Conversation | null> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const row = await unit.first(sql`SELECT * FROM conversations WHERE ${ownedBy(caller, id)}`);
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

  override append(caller: Caller, id: string, messages: readonly NewMessage[], at: Date): Promise<number> {
    const tokens = messages.reduce((sum, message) => sum + message.tokens, 0);
    return this.database.unitOfWork.run(caller, async (unit) => {
      // Counting first locks the row: concurrent appends wait here and then go on from the new count.
      const row = await unit.first(sql`UPDATE conversations
        SET message_count = message_count + ${messages.length}, tokens = tokens + ${tokens}, updated_at = ${at.getTime()}
        WHERE ${ownedBy(caller, id)} RETURNING message_count, user_id`);
      if (!row) throw notFound('conversation');
      const first = numeric(row, 'message_count') - messages.length;
      const userId = text(row, 'user_id');
      const values = messages.map(
        (
          { message, text: sent, tokens: count },
          offset,
        ) => sql`(${caller.tenantId}, ${id}, ${first + offset}, ${userId},
          ${sent ?? JSON.stringify(message)}, ${count}, ${at.getTime()})`,
      );
      for (let start = 0; start < values.length; start += ROWS_PER_STATEMENT) {
        const rows = joinSql(values.slice(start, start + ROWS_PER_STATEMENT), ', ');
        await unit.run(sql`INSERT INTO messages
          (tenant_id, conversation_id, position, user_id, message, tokens, created_at) VALUES ${rows}`);
      }
      return first;
    });
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
      unit.run(sql`DELETE FROM conversations WHERE ${ownedBy(caller, id)}`),
    );
    return removed > 0;
  }
}

function ownedBy(caller: Caller, id: string): Sql {
  return sql`tenant_id = ${caller.tenantId} AND id = ${id} AND ${visibleTo(caller)}`;
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

/** @throws HeadroomError `not_found` */
async function messagesAfter(
  unit: Unit,
  caller: Caller,
  id: string,
  position: number,
  limit: number,
): Promise<readonly StoredMessage[]> {
  const conversation = await unit.first(
    sql`SELECT 1 AS known FROM conversations WHERE ${ownedBy(caller, id)}`,
  );
  if (!conversation) throw notFound('conversation');
  const rows = await unit.all(sql`SELECT position, message, tokens, created_at FROM messages
    WHERE tenant_id = ${caller.tenantId} AND conversation_id = ${id} AND position > ${position}
    ORDER BY position LIMIT ${limit}`);
  return rows.map(toStoredMessage);
}
