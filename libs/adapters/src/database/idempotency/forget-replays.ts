import { type Sql, sql } from '../sql.js';
import type { Unit } from '../unit-of-work.js';

/** Answers that are kept for a repetition, of the user and of nobody, which may hold something of anybody. */
function keptFor(unit: Unit, userId: string): Sql {
  return sql`tenant_id = ${unit.tenantId} AND (user_id = ${userId} OR user_id IS NULL) AND status IS NOT NULL`;
}

/** Drops the answers that mention a memory: what it said is not to be heard again in a replay. */
export async function forgetReplaysOf(unit: Unit, userId: string, memoryId: string): Promise<void> {
  const id = Buffer.from(memoryId, 'utf8');
  const mentions =
    unit.dialect === 'sqlite' ? sql`instr(response, ${id}) > 0` : sql`position(${id} IN response) > 0`;
  await unit.run(sql`DELETE FROM idempotency_keys WHERE ${keptFor(unit, userId)} AND ${mentions}`);
}

/** Drops every answer that may hold something of the user. @returns how many named the user. */
export async function forgetAllReplays(unit: Unit, userId: string): Promise<number> {
  const theirs = await unit.run(
    sql`DELETE FROM idempotency_keys WHERE tenant_id = ${unit.tenantId} AND user_id = ${userId}`,
  );
  await unit.run(sql`DELETE FROM idempotency_keys WHERE ${keptFor(unit, userId)}`);
  return theirs;
}
