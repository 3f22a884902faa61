import { type PinnedSession, type Pins, SessionPins, type SessionRetention } from '#libs/compression';
import { type Caller, type Clock, requireUser } from '#libs/kernel';
import { addressOf } from '../address.js';
import type { Database } from '../database.js';
import { decodeText, encodeText } from '../exact-text.js';
import { bytes, isNull, numeric, text } from '../row.js';
import { joinSql, type Sql, sql } from '../sql.js';
import { NOBODY } from '../visibility.js';

/** Six values a row: well below the number of parameters that a statement may bind. */
const ROWS_PER_STATEMENT = 200;
/** A session is renewed when this share of its time is over, so that most requests write nothing. */
const RENEWED_AFTER = 0.1;

/** What sessions were given, on SQLite and PostgreSQL. */
export class SqlSessionPins extends SessionPins {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly retention: SessionRetention,
  ) {
    super();
  }

  override async find(caller: Caller, session: PinnedSession): Promise<Pins> {
    const where = sql`${of(caller, session)} AND last_used_at > ${this.#cutoff()}`;
    const rows = await this.database.unitOfWork.read(caller, (unit) =>
      unit.all(sql`SELECT pin, content, last_used_at FROM session_pins WHERE ${where}`),
    );
    const renewable = this.#now() - this.retention.ttlSeconds * 1000 * RENEWED_AFTER;
    if (rows.some((row) => numeric(row, 'last_used_at') <= renewable)) {
      await this.database.unitOfWork.run(caller, (unit) =>
        unit.run(sql`UPDATE session_pins SET last_used_at = ${this.#now()} WHERE ${where}`),
      );
    }
    return Object.fromEntries(
      rows.map((row) => [
        text(row, 'pin'),
        isNull(row, 'content') ? null : decodeText(bytes(row, 'content')),
      ]),
    );
  }

  override async add(caller: Caller, session: PinnedSession, pins: Pins): Promise<void> {
    const rows = Object.entries(pins).map(
      ([pin, content]) => sql`(${caller.tenantId}, ${addressOfSession(session)}, ${pin},
        ${session.userId ?? NOBODY}, ${this.#now()}, ${content === null ? undefined : encodeText(content)})`,
    );
    requireOwner(caller, session);
    if (rows.length === 0) return;
    await this.database.unitOfWork.run(caller, async (unit) => {
      for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
        const some = joinSql(rows.slice(start, start + ROWS_PER_STATEMENT), ', ');
        await unit.send(sql`INSERT INTO session_pins (tenant_id, address, pin, user_id, last_used_at, content)
          VALUES ${some}
          ON CONFLICT (tenant_id, address, pin) DO UPDATE SET
            content = excluded.content, last_used_at = excluded.last_used_at
            WHERE session_pins.last_used_at <= ${this.#cutoff()}`);
      }
    });
  }

  override async sweep(): Promise<number> {
    let dropped = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      dropped += await this.database.unitOfWork.run({ tenantId }, (unit) =>
        unit.run(sql`DELETE FROM session_pins
          WHERE tenant_id = ${tenantId} AND last_used_at <= ${this.#cutoff()}`),
      );
    }
    return dropped;
  }

  #now(): number {
    return this.clock.now().getTime();
  }

  #cutoff(): number {
    return this.#now() - this.retention.ttlSeconds * 1000;
  }
}

function of(caller: Caller, session: PinnedSession): Sql {
  requireOwner(caller, session);
  return sql`tenant_id = ${caller.tenantId} AND address = ${addressOfSession(session)}`;
}

function addressOfSession({ userId, sessionId }: PinnedSession): string {
  return addressOf(userId, sessionId);
}

function requireOwner(caller: Caller, { userId }: PinnedSession): void {
  if (userId !== undefined) requireUser(caller, userId);
}
