import { type Conversation, type Fork, forkIndex } from '#libs/conversation';
import { type Caller, notFound } from '#libs/kernel';
import { numeric } from '../row.js';
import { rowLocks, sql, trusted } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { conversationIn, conversationOf } from './conversation-reads.js';
import { CONVERSATION_COLUMNS } from './conversation.mapper.js';

/** Copies a conversation's row and its messages, each in one statement, while the conversation cannot go away. */
export async function forkRows(
  unit: Unit,
  caller: Caller,
  source: string,
  fork: Fork,
): Promise<Conversation> {
  const { id, atIndex, at } = fork;
  const parent = await unit.first(sql`SELECT message_count FROM conversations
    WHERE ${conversationOf(caller, source)} ${rowLocks(unit.dialect)}`);
  if (!parent) throw notFound('conversation');
  const last = forkIndex(atIndex, numeric(parent, 'message_count'));
  const taken = sql`tenant_id = ${caller.tenantId} AND conversation_id = ${source} AND position <= ${last}`;
  await unit.send(sql`INSERT INTO conversations (${trusted(CONVERSATION_COLUMNS)})
    SELECT tenant_id, ${id}, user_id, session_id, agent_id, turn_id, model, metadata, ${last + 1},
      (SELECT COALESCE(SUM(tokens), 0) FROM messages WHERE ${taken}), ${at.getTime()}, ${at.getTime()},
      ${source}, ${last < 0 ? undefined : last}
    FROM conversations WHERE ${conversationOf(caller, source)}`);
  await unit.send(sql`INSERT INTO messages
      (tenant_id, conversation_id, position, user_id, message, tokens, created_at)
    SELECT tenant_id, ${id}, position, user_id, message, tokens, created_at FROM messages WHERE ${taken}`);
  return conversationIn(unit, caller, id);
}
