import { ENTRY_TRACE_SECONDS } from '#libs/shared-context';
import type { Database } from '../database.js';
import { decodeText } from '../exact-text.js';
import { bytes } from '../row.js';
import { type Sql, sql } from '../sql.js';
import { takeLeave } from './departures.js';
import { contextLock, dueIn } from './entry-conditions.js';
import { appendEvents } from './events/append-events.js';

const EXPIRED_PER_UNIT = 500;

/** Whether something in a context has expired and still waits to be told of. */
export function isDue(database: Database, tenantId: string, context: string, now: Date): Promise<boolean> {
  return database.unitOfWork.read({ tenantId }, async (unit) => {
    const row = await unit.first(
      sql`SELECT 1 AS due FROM shared_context_entries WHERE ${dueIn(tenantId, now, context)} LIMIT 1`,
    );
    return row !== undefined;
  });
}

/** Empties what has expired in one context and tells so. @returns how many entries. */
export async function expireIn(
  database: Database,
  tenantId: string,
  context: string,
  now: Date,
): Promise<number> {
  const due = dueIn(tenantId, now, context);
  let expired = 0;
  for (let some = EXPIRED_PER_UNIT; some === EXPIRED_PER_UNIT; expired += some) {
    some = await database.unitOfWork.run(
      { tenantId },
      async (unit) => {
        const changes = await takeLeave(unit, 'entry.expired', due, now, EXPIRED_PER_UNIT);
        await appendEvents(unit, context, changes);
        return changes.length;
      },
      { lock: contextLock(context) },
    );
  }
  return expired;
}

/** The contexts of a tenant in which something has expired. */
export function contextsDue(database: Database, tenantId: string, now: Date): Promise<readonly string[]> {
  return database.unitOfWork.read({ tenantId }, async (unit) => {
    const rows = await unit.all(
      sql`SELECT DISTINCT context FROM shared_context_entries WHERE ${dueIn(tenantId, now)}`,
    );
    return rows.map((row) => decodeText(bytes(row, 'context')));
  });
}

export function forgetTracesOf(tenantId: string, now: Date): Sql {
  const oldest = now.getTime() - ENTRY_TRACE_SECONDS * 1000;
  return sql`DELETE FROM shared_context_entries
    WHERE tenant_id = ${tenantId} AND original IS NULL AND coalesce(gone_at, expires_at) < ${oldest}`;
}
