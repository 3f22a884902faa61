import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, runAll } from './dialects/columns.js';

/**
 * `promoted_to` of a memory whose promotion met the same text at the broader level: the memory that stands for it.
 * One that was copied is found by the `promoted_from` of its copy; of several with one text, one alone is the copied.
 */
export class PromotedTwins1763800950000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key } = columnTypes(runner);
    await runAll(runner, [
      `ALTER TABLE memories ADD COLUMN promoted_to ${key}`,
      `CREATE INDEX memories_with_a_twin ON memories (tenant_id, user_id) WHERE promoted_to IS NOT NULL`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`DROP INDEX memories_with_a_twin`, `ALTER TABLE memories DROP COLUMN promoted_to`]);
  }
}
