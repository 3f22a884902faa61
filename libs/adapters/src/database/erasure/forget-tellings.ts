import { joinSql, type Sql, sql, trusted } from '../sql.js';
import { partsOf } from '../statement-sizes.js';
import type { Unit } from '../unit-of-work.js';

const IDS_PER_STATEMENT = 256;

/** Answers that are kept for a repetition, of the user and of nobody, which may hold something of anybody. */
function keptFor(unit: Unit, userId: string): Sql {
  return sql`tenant_id = ${unit.tenantId} AND (user_id = ${userId} OR user_id IS NULL) AND status IS NOT NULL`;
}

function hiddenFrom(unit: Unit, userId: string): Sql {
  return sql`tenant_id = ${unit.tenantId} AND user_id = ${userId}`;
}

/**
 * Drops the answers and the hidden calls that mention memories: what they said is to be heard again neither in a replay
 * nor in the history of a conversation.
 */
export async function forgetTellingsOf(
  unit: Unit,
  userId: string,
  memoryIds: readonly string[],
): Promise<void> {
  const bytes = trusted(unit.dialect === 'sqlite' ? 'BLOB' : 'BYTEA');
  for (const some of partsOf(memoryIds, IDS_PER_STATEMENT)) {
    const ids = joinSql(
      some.map((id) => sql`(CAST(${asKept(id)} AS ${bytes}))`),
      ', ',
    );
    const mentioned = (column: string): Sql => {
      const place =
        unit.dialect === 'sqlite' ? `instr(${column}, x.column1)` : `position(x.column1 IN ${column})`;
      return sql`EXISTS (SELECT 1 FROM (VALUES ${ids}) AS x WHERE ${trusted(place)} > 0)`;
    };
    await unit.send(
      sql`DELETE FROM idempotency_keys WHERE ${keptFor(unit, userId)} AND ${mentioned('response')}`,
    );
    await unit.send(
      sql`DELETE FROM hidden_calls WHERE ${hiddenFrom(unit, userId)} AND ${mentioned('content')}`,
    );
  }
}

/** An id as it stands in what is kept: within the JSON of a body or a result, which is a text within JSON. */
function asKept(id: string): Buffer {
  const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
  return Buffer.from(inJson(inJson(id)), 'utf8');
}

/** Drops everything of the kind that may hold something of the user. @returns how many answers named the user. */
export async function forgetAllTellings(unit: Unit, userId: string): Promise<number> {
  await unit.send(sql`DELETE FROM hidden_calls WHERE ${hiddenFrom(unit, userId)}`);
  const theirs = await unit.run(
    sql`DELETE FROM idempotency_keys WHERE tenant_id = ${unit.tenantId} AND user_id = ${userId}`,
  );
  await unit.send(sql`DELETE FROM idempotency_keys WHERE ${keptFor(unit, userId)}`);
  return theirs;
}
