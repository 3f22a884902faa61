import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

/** First answers, replayed to a repeated request. `address` is the hash of API key and key; status is NULL while it runs. */
export class IdempotencyKeys1763800700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE idempotency_keys (
        tenant_id ${key} NOT NULL,
        address ${key} NOT NULL,
        claim_id ${key} NOT NULL,
        user_id ${key},
        body_hash ${key} NOT NULL,
        status INTEGER,
        response ${bytes},
        created_at ${big} NOT NULL,
        PRIMARY KEY (tenant_id, address)
      )`,
      `CREATE INDEX idempotency_keys_by_user ON idempotency_keys (tenant_id, user_id) WHERE user_id IS NOT NULL`,
      `CREATE INDEX idempotency_keys_by_time ON idempotency_keys (tenant_id, created_at)`,
    ]);
    await isolateByTenant(runner, 'idempotency_keys');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['idempotency_keys']);
  }
}
