import { type HiddenCallRetention, type HiddenCalls, HiddenCallStore } from '#libs/chat';
import { type Caller, type Clock, requireUser } from '#libs/kernel';
import { addressOf } from '../address.js';
import type { Database } from '../database.js';
import { decodeText, encodeText } from '../exact-text.js';
import { bytes, numeric, type Row, text } from '../row.js';
import { joinSql, type Sql, sql } from '../sql.js';
import { NOBODY } from '../visibility.js';

/** Below the number of parameters that a statement may bind. */
const ADDRESSES_PER_STATEMENT = 500;
/** A row is renewed when this share of its time is over, so that most requests write nothing. */
const RENEWED_AFTER = 0.1;

/** Hidden calls on SQLite and PostgreSQL. */
export class SqlHiddenCallStore extends HiddenCallStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly retention: HiddenCallRetention,
  ) {
    super();
  }

  override async keep(caller: Caller, address: string, hidden: HiddenCalls, userId?: string): Promise<void> {
    requireOwner(caller, userId);
    await this.database.unitOfWork.run(caller, (unit) =>
      unit.run(sql`INSERT INTO hidden_calls (tenant_id, address, user_id, last_used_at, content)
        VALUES (${caller.tenantId}, ${addressOf(userId, address)}, ${userId ?? NOBODY}, ${this.#now()},
          ${encodeText(JSON.stringify(hidden))})
        ON CONFLICT (tenant_id, address) DO UPDATE SET
          content = excluded.content, last_used_at = excluded.last_used_at`),
    );
  }

  override async find(
    caller: Caller,
    addresses: readonly string[],
    userId?: string,
  ): Promise<ReadonlyMap<string, HiddenCalls>> {
    requireOwner(caller, userId);
    const asked = new Map(addresses.map((address) => [addressOf(userId, address), address]));
    const rows = await this.#rows(caller, [...asked.keys()]);
    await this.#renew(caller, rows);
    return new Map(
      rows.map((row) => [asked.get(text(row, 'address')) ?? '', parsed(decodeText(bytes(row, 'content')))]),
    );
  }

  override async sweep(): Promise<number> {
    let dropped = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      dropped += await this.database.unitOfWork.run({ tenantId }, (unit) =>
        unit.run(sql`DELETE FROM hidden_calls
          WHERE tenant_id = ${tenantId} AND last_used_at <= ${this.#cutoff()}`),
      );
    }
    return dropped;
  }

  #rows(caller: Caller, addresses: readonly string[]): Promise<Row[]> {
    return this.database.unitOfWork.read(caller, async (unit) => {
      const rows: Row[] = [];
      for (let start = 0; start < addresses.length; start += ADDRESSES_PER_STATEMENT) {
        const some = addresses.slice(start, start + ADDRESSES_PER_STATEMENT);
        rows.push(
          ...(await unit.all(sql`SELECT address, content, last_used_at FROM hidden_calls
            WHERE ${at(caller, some)} AND last_used_at > ${this.#cutoff()}`)),
        );
      }
      return rows;
    });
  }

  async #renew(caller: Caller, rows: readonly Row[]): Promise<void> {
    const renewable = this.#now() - this.retention.ttlSeconds * 1000 * RENEWED_AFTER;
    const old = rows
      .filter((row) => numeric(row, 'last_used_at') <= renewable)
      .map((row) => text(row, 'address'));
    if (old.length === 0) return;
    await this.database.unitOfWork.run(caller, async (unit) => {
      for (let start = 0; start < old.length; start += ADDRESSES_PER_STATEMENT) {
        const some = old.slice(start, start + ADDRESSES_PER_STATEMENT);
        await unit.send(sql`UPDATE hidden_calls SET last_used_at = ${this.#now()} WHERE ${at(caller, some)}`);
      }
    });
  }

  #now(): number {
    return this.clock.now().getTime();
  }

  #cutoff(): number {
    return this.#now() - this.retention.ttlSeconds * 1000;
  }
}

function at(caller: Caller, addresses: readonly string[]): Sql {
  const list = joinSql(
    addresses.map((address) => sql`${address}`),
    ', ',
  );
  return sql`tenant_id = ${caller.tenantId} AND address IN (${list})`;
}

function parsed(content: string): HiddenCalls {
  return JSON.parse(content) as HiddenCalls;
}

function requireOwner(caller: Caller, userId: string | undefined): void {
  if (userId !== undefined) requireUser(caller, userId);
}
