import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isPostgres } from './dialects/columns.js';

/** A user's memories in the order in which they were stored, page by page, for an export. */
export class MemoriesInStoredOrder1763801600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // On SQLite `seq` is the row's own number, which every index ends with.
    const order = isPostgres(runner) ? ', seq' : '';
    await runner.query(`CREATE INDEX memories_in_stored_order ON memories (tenant_id, user_id${order})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX memories_in_stored_order');
  }
}
