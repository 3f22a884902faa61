import {
  type AppendKey,
  type AppendOutcome,
  type AppendReceipt,
  type AppendTerms,
  judgeAppend,
  type NewMessage,
  outcomeOf,
  receiptsEndAt,
} from '#libs/conversation';
import { type Caller, notFound } from '#libs/kernel';
import { addressOf } from '../address.js';
import { instant, numeric, text } from '../row.js';
import { joinSql, rowLocks, type Sql, sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';
import { conversationOf } from './conversation-reads.js';

/** Seven values a row. */
const ROWS_PER_STATEMENT = 500;

/** What all statements of one append have in common. */
interface Appending {
  readonly unit: Unit;
  readonly caller: Caller;
  readonly id: string;
  readonly at: Date;
}

/** Appends under the lock of the conversation's row: concurrent appends wait here and go on from the new count. */
export async function appendRows(
  appending: Appending,
  messages: readonly NewMessage[],
  terms: AppendTerms,
): Promise<AppendOutcome> {
  const { unit, caller, id, at } = appending;
  const row = await unit.first(sql`SELECT message_count, user_id FROM conversations
    WHERE ${conversationOf(caller, id)} ${rowLocks(unit.dialect)}`);
  if (!row) throw notFound('conversation');
  const firstIndex = numeric(row, 'message_count');
  const receipt = terms.key && (await receiptOf(appending, terms.key));
  const answered = judgeAppend(terms, receipt, firstIndex, at);
  if (answered !== null) return answered;
  const tokens = messages.reduce((sum, message) => sum + message.tokens, 0);
  await unit.send(sql`UPDATE conversations
    SET message_count = message_count + ${messages.length}, tokens = tokens + ${tokens}, updated_at = ${at.getTime()}
    WHERE ${conversationOf(caller, id)}`);
  const userId = text(row, 'user_id');
  await insertMessages(appending, userId, firstIndex, messages);
  const done = { firstIndex, appended: messages.length, tokens };
  if (terms.key) await keepReceipt(appending, userId, terms.key, done);
  return outcomeOf(done, false);
}

async function insertMessages(
  { unit, caller, id, at }: Appending,
  userId: string,
  firstIndex: number,
  messages: readonly NewMessage[],
): Promise<void> {
  const values = messages.map(
    (
      { message, text: sent, tokens },
      offset,
    ) => sql`(${caller.tenantId}, ${id}, ${firstIndex + offset}, ${userId},
      ${sent ?? JSON.stringify(message)}, ${tokens}, ${at.getTime()})`,
  );
  for (let start = 0; start < values.length; start += ROWS_PER_STATEMENT) {
    const rows = joinSql(values.slice(start, start + ROWS_PER_STATEMENT), ', ');
    await unit.send(sql`INSERT INTO messages
      (tenant_id, conversation_id, position, user_id, message, tokens, created_at) VALUES ${rows}`);
  }
}

async function receiptOf(
  { unit, caller, id }: Appending,
  { key }: AppendKey,
): Promise<AppendReceipt | undefined> {
  const row = await unit.first(sql`SELECT fingerprint, first_position, appended, tokens, created_at
    FROM conversation_appends WHERE ${appendsOf(caller, id)} AND address = ${addressOf(caller.keyId, key)}`);
  if (!row) return undefined;
  return {
    fingerprint: text(row, 'fingerprint'),
    firstIndex: numeric(row, 'first_position'),
    appended: numeric(row, 'appended'),
    tokens: numeric(row, 'tokens'),
    at: instant(row, 'created_at'),
  };
}

/** Also drops the conversation's receipts that count no more, so that they never pile up. */
async function keepReceipt(
  { unit, caller, id, at }: Appending,
  userId: string,
  { key, fingerprint }: AppendKey,
  { firstIndex, appended, tokens }: Omit<AppendReceipt, 'fingerprint' | 'at'>,
): Promise<void> {
  await unit.send(sql`DELETE FROM conversation_appends
    WHERE ${appendsOf(caller, id)} AND created_at <= ${receiptsEndAt(at).getTime()}`);
  await unit.send(sql`INSERT INTO conversation_appends (tenant_id, conversation_id, address, user_id, fingerprint,
      first_position, appended, tokens, created_at)
    VALUES (${caller.tenantId}, ${id}, ${addressOf(caller.keyId, key)}, ${userId}, ${fingerprint},
      ${firstIndex}, ${appended}, ${tokens}, ${at.getTime()})`);
}

function appendsOf(caller: Caller, id: string): Sql {
  return sql`tenant_id = ${caller.tenantId} AND conversation_id = ${id}`;
}
