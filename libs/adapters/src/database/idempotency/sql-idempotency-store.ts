import { randomUUID } from 'node:crypto';
import {
  type Caller,
  type Clock,
  IDEMPOTENCY_LEASE_SECONDS,
  IDEMPOTENCY_TTL_SECONDS,
  type IdempotencyClaim,
  IdempotencyStore,
  type IdempotentAnswer,
  judgeClaim,
  type KnownClaim,
} from '#libs/kernel';
import { addressOf } from '../address.js';
import type { Database } from '../database.js';
import { decodeText, encodeText } from '../exact-text.js';
import { bytes, instant, isNull, numeric, type Row, text } from '../row.js';
import { type Sql, sql } from '../sql.js';

/** First answers on SQLite and PostgreSQL. The client's key itself is not kept, only its hash. */
export class SqlIdempotencyStore extends IdempotencyStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override begin(
    caller: Caller,
    key: string,
    bodyHash: string,
    takesOver = false,
  ): Promise<IdempotencyClaim> {
    const address = addressOf(caller.keyId, key);
    const now = this.clock.now();
    return this.database.unitOfWork.run(
      caller,
      async (unit) => {
        const row = await unit.first(sql`SELECT body_hash, created_at, steps, status, response
          FROM idempotency_keys
          WHERE ${at(caller, key)}`);
        const answer = judgeClaim(row && toClaim(row), bodyHash, now, takesOver);
        if (answer) return { outcome: 'replay', answer };
        const claimId = randomUUID();
        await unit.send(sql`INSERT INTO idempotency_keys (tenant_id, address, claim_id, body_hash, created_at)
          VALUES (${caller.tenantId}, ${address}, ${claimId}, ${bodyHash}, ${now.getTime()})
          ON CONFLICT (tenant_id, address) DO UPDATE SET claim_id = excluded.claim_id, user_id = NULL, status = NULL,
            response = NULL, body_hash = excluded.body_hash, created_at = excluded.created_at,
            steps = ${stepsToGoOnFrom(now)}`);
        return { outcome: 'started', claimId };
      },
      { lock: `idempotency ${address}` },
    );
  }

  override async renew(caller: Caller, key: string, claimId: string): Promise<void> {
    await this.database.unitOfWork.run(caller, (unit) =>
      unit.run(sql`UPDATE idempotency_keys SET created_at = ${this.clock.now().getTime()}
        WHERE ${at(caller, key)} AND claim_id = ${claimId} AND status IS NULL`),
    );
  }

  override async complete(
    caller: Caller,
    key: string,
    claimId: string,
    answer: IdempotentAnswer,
    userId?: string,
  ): Promise<void> {
    const { status, headers, body } = answer;
    const response = encodeText(JSON.stringify({ headers, body }));
    await this.database.unitOfWork.run(caller, (unit) =>
      unit.run(sql`UPDATE idempotency_keys
        SET status = ${status}, response = ${response}, user_id = ${userId}, created_at = ${this.clock.now().getTime()}
        WHERE ${at(caller, key)} AND claim_id = ${claimId}`),
    );
  }

  override async abandon(caller: Caller, key: string, claimId: string): Promise<void> {
    await this.database.unitOfWork.run(caller, (unit) =>
      unit.run(sql`DELETE FROM idempotency_keys
        WHERE ${at(caller, key)} AND claim_id = ${claimId} AND status IS NULL AND steps IS NULL`),
    );
  }

  override async sweep(): Promise<number> {
    const now = this.clock.now().getTime();
    let dropped = 0;
    for (const tenantId of await this.database.unitOfWork.tenants()) {
      dropped += await this.database.unitOfWork.run({ tenantId }, (unit) =>
        unit.run(sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId} AND (
          created_at <= ${now - IDEMPOTENCY_TTL_SECONDS * 1000}
          OR (status IS NULL AND steps IS NULL AND created_at <= ${now - IDEMPOTENCY_LEASE_SECONDS * 1000}))`),
      );
    }
    return dropped;
  }
}

/** Those of the same request that got no answer, as they are when it is taken over: a step may just have been done. */
function stepsToGoOnFrom(now: Date): Sql {
  return sql`CASE WHEN idempotency_keys.status IS NULL AND idempotency_keys.body_hash = excluded.body_hash
    AND idempotency_keys.created_at > ${now.getTime() - IDEMPOTENCY_TTL_SECONDS * 1000}
    THEN idempotency_keys.steps END`;
}

function at(caller: Caller, key: string): Sql {
  return sql`tenant_id = ${caller.tenantId} AND address = ${addressOf(caller.keyId, key)}`;
}

function toClaim(row: Row): KnownClaim {
  return {
    bodyHash: text(row, 'body_hash'),
    startedAt: instant(row, 'created_at'),
    hasSteps: !isNull(row, 'steps'),
    answer: toAnswer(row),
  };
}

function toAnswer(row: Row): IdempotentAnswer | null {
  if (isNull(row, 'status')) return null;
  const response = JSON.parse(decodeText(bytes(row, 'response'))) as Omit<IdempotentAnswer, 'status'>;
  return { status: numeric(row, 'status'), headers: response.headers, body: response.body };
}
