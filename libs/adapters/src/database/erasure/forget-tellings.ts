import { type Sql, sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';

/** Answers that are kept for a repetition, of the user and of nobody, which may hold something of anybody. */
function keptFor(unit: Unit, userId: string): Sql {
  return sql`tenant_id = ${unit.tenantId} AND (user_id = ${userId} OR user_id IS NULL) AND status IS NOT NULL`;
}

function hiddenFrom(unit: Unit, userId: string): Sql {
  return sql`tenant_id = ${unit.tenantId} AND user_id = ${userId}`;
}

/**
 * Drops the answers and the hidden calls that mention a memory: what it said is to be heard again neither in a replay
 * nor in the history of a conversation.
 */
export async function forgetTellingsOf(unit: Unit, userId: string, memoryId: string): Promise<void> {
  const id = Buffer.from(memoryId, 'utf8');
  const mentions = (column: Sql): Sql =>
    unit.dialect === 'sqlite' ? sql`instr(${column}, ${id}) > 0` : sql`position(${id} IN ${column}) > 0`;
  await unit.run(sql`DELETE FROM idempotency_keys
    WHERE ${keptFor(unit, userId)} AND ${mentions(sql`response`)}`);
  await unit.run(sql`DELETE FROM hidden_calls
    WHERE ${hiddenFrom(unit, userId)} AND ${mentions(sql`content`)}`);
}

/** Drops everything of the kind that may hold something of the user. @returns how many answers named the user. */
export async function forgetAllTellings(unit: Unit, userId: string): Promise<number> {
  await unit.run(sql`DELETE FROM hidden_calls WHERE ${hiddenFrom(unit, userId)}`);
  const theirs = await unit.run(
    sql`DELETE FROM idempotency_keys WHERE tenant_id = ${unit.tenantId} AND user_id = ${userId}`,
  );
  await unit.run(sql`DELETE FROM idempotency_keys WHERE ${keptFor(unit, userId)}`);
  return theirs;
}
