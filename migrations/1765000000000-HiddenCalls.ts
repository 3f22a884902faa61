import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

/**
 * Calls of our tools that stand in conversations whose clients never saw them. `address` is the hash of user and
 * answer; `user_id` is empty for nobody's.
 */
export class HiddenCalls1765000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE hidden_calls (
        tenant_id ${key} NOT NULL,
        address ${key} NOT NULL,
        user_id ${key} NOT NULL,
        last_used_at ${big} NOT NULL,
        content ${bytes} NOT NULL,
        PRIMARY KEY (tenant_id, address)
      )`,
      `CREATE INDEX hidden_calls_by_user ON hidden_calls (tenant_id, user_id)`,
      `CREATE INDEX hidden_calls_by_time ON hidden_calls (tenant_id, last_used_at)`,
    ]);
    await isolateByTenant(runner, 'hidden_calls');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['hidden_calls']);
  }
}
