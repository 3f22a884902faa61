import { type ContextChange, EVENTS_KEPT_PER_CONTEXT } from '#libs/shared-context';
import { addressOf } from '../../address.js';
import { insertRows, partsToInsert } from '../../insert-row.js';
import { numeric, type Row } from '../../row.js';
import { sql } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import { EVENT_COLUMNS, eventValues } from './event.mapper.js';

const ROWS_PER_STATEMENT = 256;
/** Beyond what is kept, so that not every event has to remove one. */
const SURPLUS = 1_000;

/**
 * Tells of changes of a context, in the unit that makes them, as its last step: from here to the commit no other unit
 * can tell of this context, which is what keeps positions in the order of commits.
 */
export async function appendEvents(
  unit: Unit,
  context: string,
  changes: readonly ContextChange[],
): Promise<void> {
  const [first] = changes;
  if (first === undefined) return;
  const contextAddress = addressOf(context);
  const log = await extendLog(unit, contextAddress, changes.length, first.at);
  let position = numeric(log, 'newest') - changes.length;
  for (const part of partsToInsert(unit.dialect, changes, ROWS_PER_STATEMENT)) {
    const rows = part.map((change) => eventValues({ unit, contextAddress, position: ++position }, change));
    await unit.send(insertRows(unit.dialect, 'shared_context_events', EVENT_COLUMNS, rows));
  }
  const oldest = numeric(log, 'newest') - EVENTS_KEPT_PER_CONTEXT;
  if (numeric(log, 'forgotten') + SURPLUS < oldest) await forgetUpTo(unit, contextAddress, oldest);
}

async function extendLog(unit: Unit, contextAddress: string, by: number, at: Date): Promise<Row> {
  const start = at.getTime();
  const log = await unit.first(sql`INSERT INTO shared_context_logs AS log
      (tenant_id, context_address, start, newest, forgotten, told_at)
    VALUES (${unit.tenantId}, ${contextAddress}, ${start}, ${start + by}, ${start}, ${start})
    ON CONFLICT (tenant_id, context_address)
      DO UPDATE SET newest = log.newest + ${by}, told_at = excluded.told_at
    RETURNING newest, forgotten`);
  if (log === undefined) throw new Error('A log that was just written is not there.');
  return log;
}

async function forgetUpTo(unit: Unit, contextAddress: string, position: number): Promise<void> {
  const here = sql`tenant_id = ${unit.tenantId} AND context_address = ${contextAddress}`;
  await unit.send(sql`DELETE FROM shared_context_events WHERE ${here} AND position <= ${position}`);
  await unit.send(sql`UPDATE shared_context_logs SET forgotten = ${position} WHERE ${here}`);
}
