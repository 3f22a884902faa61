import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runAll } from './dialects/columns.js';

/**
 * A database without statistics, as every new one is, takes `IS NULL` for rare and any two equal columns for one row.
 * So the index of those that have a model says what is alive in words that no other query uses, and content and
 * subject come before the scope: neither can stand in for the other, whatever PostgreSQL guesses.
 */
export class SelectiveMemoryIndexes1765000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `DROP INDEX memories_by_content`,
      `DROP INDEX memories_by_subject`,
      `DROP INDEX memories_by_model`,
      `CREATE INDEX memories_by_content ON memories (tenant_id, content_hash, scope_key)`,
      `CREATE INDEX memories_by_subject ON memories (tenant_id, subject, scope_key) WHERE subject IS NOT NULL`,
      `CREATE INDEX memories_by_model ON memories (tenant_id, embedding_model, seq)
        WHERE COALESCE(deleted_at, 0) = 0`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `DROP INDEX memories_by_content`,
      `DROP INDEX memories_by_subject`,
      `DROP INDEX memories_by_model`,
      `CREATE INDEX memories_by_content ON memories (tenant_id, scope_key, content_hash)`,
      `CREATE INDEX memories_by_subject ON memories (tenant_id, scope_key, subject) WHERE subject IS NOT NULL`,
      `CREATE INDEX memories_by_model ON memories (tenant_id, embedding_model, seq) WHERE deleted_at IS NULL`,
    ]);
  }
}
