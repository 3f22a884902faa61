import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

const TABLES = ['shared_context_logs', 'shared_context_events'];

/**
 * What happened in shared contexts. Whoever adds an event first moves `newest` of the log, and holds that row until it
 * commits: so the positions of a context grow in the order of commits. The name of the context is not kept, only its
 * hash (`context_address` as in `shared_context_entries`).
 */
export class SharedContextEvents1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE shared_context_logs (
        tenant_id ${key} NOT NULL,
        context_address ${key} NOT NULL,
        start ${big} NOT NULL,
        newest ${big} NOT NULL,
        forgotten ${big} NOT NULL,
        told_at ${big} NOT NULL,
        PRIMARY KEY (tenant_id, context_address)
      )`,
      `CREATE INDEX shared_context_logs_by_age ON shared_context_logs (tenant_id, told_at)`,
      `CREATE TABLE shared_context_events (
        tenant_id ${key} NOT NULL,
        context_address ${key} NOT NULL,
        position ${big} NOT NULL,
        type TEXT NOT NULL,
        entry_key ${bytes},
        version INTEGER,
        handoff_id ${key},
        agent ${bytes},
        user_id ${key},
        at ${big} NOT NULL,
        PRIMARY KEY (tenant_id, context_address, position)
      )`,
      `CREATE INDEX shared_context_events_by_age ON shared_context_events (tenant_id, at)`,
      `CREATE INDEX shared_context_events_by_user ON shared_context_events (tenant_id, user_id)
         WHERE user_id IS NOT NULL`,
      `CREATE INDEX shared_context_entries_by_end ON shared_context_entries (tenant_id, context_address, expires_at)
         WHERE original IS NOT NULL`,
    ]);
    for (const table of TABLES) await isolateByTenant(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX shared_context_entries_by_end');
    await dropTables(runner, TABLES);
  }
}
