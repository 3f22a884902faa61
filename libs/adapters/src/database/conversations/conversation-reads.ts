import type { Conversation, StoredMessage } from '#libs/conversation';
import { type Caller, notFound } from '#libs/kernel';
import { type Sql, sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { visibleTo } from '../visibility.js';
import { toConversation, toStoredMessage } from './conversation.mapper.js';

/** The row of a conversation, if the caller may see it. */
export function conversationOf(caller: Caller, id: string): Sql {
  return sql`tenant_id = ${caller.tenantId} AND id = ${id} AND ${visibleTo(caller)}`;
}

/** @throws HeadroomError `not_found` */
export async function conversationIn(unit: Unit, caller: Caller, id: string): Promise<Conversation> {
  const row = await unit.first(sql`SELECT * FROM conversations WHERE ${conversationOf(caller, id)}`);
  if (!row) throw notFound('conversation');
  return toConversation(row);
}

/** @throws HeadroomError `not_found` */
export async function messagesAfter(
  unit: Unit,
  caller: Caller,
  id: string,
  position: number,
  limit: number,
): Promise<readonly StoredMessage[]> {
  const conversation = await unit.first(
    sql`SELECT 1 AS known FROM conversations WHERE ${conversationOf(caller, id)}`,
  );
  if (!conversation) throw notFound('conversation');
  const rows = await unit.all(sql`SELECT position, message, tokens, created_at FROM messages
    WHERE tenant_id = ${caller.tenantId} AND conversation_id = ${id} AND position > ${position}
    ORDER BY position LIMIT ${limit}`);
  return rows.map(toStoredMessage);
}
