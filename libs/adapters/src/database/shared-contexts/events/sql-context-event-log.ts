import { type Caller, maySee } from '#libs/kernel';
import {
  BEFORE_ALL,
  type ContextEventBatch,
  ContextEventLog,
  EVENTS_KEPT_SECONDS,
  IDLE_LOG_SECONDS,
  type LogSpan,
  readFrom,
} from '#libs/shared-context';
import { addressOf } from '../../address.js';
import type { Database } from '../../database.js';
import { numeric } from '../../row.js';
import { sql, trusted } from '../../sql.js';
import type { Unit } from '../../unit-of-work.js';
import { EVENT_COLUMNS, toEvent } from './event.mapper.js';

/** Reads on SQLite and PostgreSQL what `appendEvents` wrote. */
export class SqlContextEventLog extends ContextEventLog {
  constructor(private readonly database: Database) {
    super();
  }

  override newest(caller: Caller, context: string): Promise<number> {
    return this.database.unitOfWork.read(
      caller,
      async (unit) => (await spanOf(unit, addressOf(context)))?.newest ?? BEFORE_ALL,
    );
  }

  override read(caller: Caller, context: string, after: number, limit: number): Promise<ContextEventBatch> {
    const contextAddress = addressOf(context);
    return this.database.unitOfWork.read(caller, async (unit) => {
      const span = await spanOf(unit, contextAddress);
      const from = readFrom(after, span);
      if (span === undefined || span.newest === from.after)
        return { events: [], next: from.after, missed: from.missed };
      const rows = await unit.all(sql`SELECT ${trusted(EVENT_COLUMNS)} FROM shared_context_events
        WHERE tenant_id = ${unit.tenantId} AND context_address = ${contextAddress} AND position > ${from.after}
        ORDER BY position LIMIT ${limit}`);
      const events = rows.map(toEvent);
      return {
        events: events.filter(({ userId }) => maySee(caller, userId)),
        // Short of the limit, all up to the newest was read, though the last may have been erased.
        next: events.length < limit ? span.newest : (events.at(-1)?.position ?? from.after),
        missed: from.missed,
      };
    });
  }

  override async sweep(now: Date): Promise<number> {
    let forgotten = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      forgotten += await this.database.unitOfWork.run({ tenantId }, (unit) => forgetOld(unit, now));
    }
    return forgotten;
  }
}

async function spanOf(unit: Unit, contextAddress: string): Promise<LogSpan | undefined> {
  const row = await unit.first(sql`SELECT start, newest, forgotten FROM shared_context_logs
    WHERE tenant_id = ${unit.tenantId} AND context_address = ${contextAddress}`);
  return (
    row && {
      start: numeric(row, 'start'),
      newest: numeric(row, 'newest'),
      forgotten: numeric(row, 'forgotten'),
    }
  );
}

async function forgetOld(unit: Unit, now: Date): Promise<number> {
  const old = sql`tenant_id = ${unit.tenantId} AND at < ${now.getTime() - EVENTS_KEPT_SECONDS * 1000}`;
  await unit.send(sql`UPDATE shared_context_logs AS log SET forgotten = (
      SELECT max(position) FROM shared_context_events
      WHERE ${old} AND context_address = log.context_address)
    WHERE tenant_id = ${unit.tenantId} AND context_address IN (
      SELECT context_address FROM shared_context_events WHERE ${old})`);
  const forgotten = await unit.run(sql`DELETE FROM shared_context_events WHERE ${old}`);
  const idle = now.getTime() - IDLE_LOG_SECONDS * 1000;
  await unit.send(
    sql`DELETE FROM shared_context_logs WHERE tenant_id = ${unit.tenantId} AND told_at < ${idle}`,
  );
  return forgotten;
}
