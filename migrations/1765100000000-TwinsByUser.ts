import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runAll } from './dialects/columns.js';

/**
 * Memories that another one stands for. Told apart by `promoted_to` too, since SQLite takes any index of a user's
 * memories for as good as one that holds a few of them alone, and so went through all of them for every list.
 */
export class TwinsByUser1765100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'DROP INDEX memories_with_a_twin',
      `CREATE INDEX memories_by_twin ON memories (tenant_id, user_id, promoted_to) WHERE promoted_to IS NOT NULL`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'DROP INDEX memories_by_twin',
      `CREATE INDEX memories_with_a_twin ON memories (tenant_id, user_id) WHERE promoted_to IS NOT NULL`,
    ]);
  }
}
