import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, runAll } from './dialects/columns.js';

/** Links that an imported memory tells of and that are not made yet, since what they name has not come. */
export class AwaitedLinks1764600500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key } = columnTypes(runner);
    await runAll(runner, [
      `ALTER TABLE memories ADD COLUMN awaited_predecessor ${key}`,
      `ALTER TABLE memories ADD COLUMN awaited_successor ${key}`,
      `CREATE INDEX memories_awaiting_links ON memories (tenant_id, chain_id)
        WHERE awaited_predecessor IS NOT NULL OR awaited_successor IS NOT NULL`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `DROP INDEX memories_awaiting_links`,
      `ALTER TABLE memories DROP COLUMN awaited_successor`,
      `ALTER TABLE memories DROP COLUMN awaited_predecessor`,
    ]);
  }
}
