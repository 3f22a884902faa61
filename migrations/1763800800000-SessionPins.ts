import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

/**
 * What sessions were given for their texts. `address` is the hash of user and session, `pin` names the text; `content`
 * is NULL where the text was given as it was. `user_id` is empty for nobody's sessions.
 */
export class SessionPins1763800800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE session_pins (
        tenant_id ${key} NOT NULL,
        address ${key} NOT NULL,
        pin ${key} NOT NULL,
        user_id ${key} NOT NULL,
        last_used_at ${big} NOT NULL,
        content ${bytes},
        PRIMARY KEY (tenant_id, address, pin)
      )`,
      `CREATE INDEX session_pins_by_user ON session_pins (tenant_id, user_id)`,
      `CREATE INDEX session_pins_by_time ON session_pins (tenant_id, last_used_at)`,
    ]);
    await isolateByTenant(runner, 'session_pins');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['session_pins']);
  }
}
