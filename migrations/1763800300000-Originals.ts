import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

const TABLES = ['originals', 'retrieval_events'];

/**
 * What compression took out, whole. `user_id` is empty for nobody's originals, so that it can be part of the key;
 * `content` becomes NULL when an original expires and its trace stays; it comes last, so that reading the counts does
 * not read through it.
 */
export class Originals1763800300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big, serial } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE originals (
        tenant_id ${key} NOT NULL,
        hash ${key} NOT NULL,
        user_id ${key} NOT NULL,
        tool_name TEXT,
        original_tokens ${big} NOT NULL,
        compressed_tokens ${big} NOT NULL,
        original_item_count ${big} NOT NULL,
        compressed_item_count ${big} NOT NULL,
        retrieval_count ${big} NOT NULL,
        created_at ${big} NOT NULL,
        last_accessed_at ${big} NOT NULL,
        content ${bytes},
        PRIMARY KEY (tenant_id, hash, user_id)
      )`,
      `CREATE INDEX originals_by_user ON originals (tenant_id, user_id)`,
      `CREATE INDEX originals_by_access ON originals (tenant_id, last_accessed_at) WHERE content IS NOT NULL`,
      `CREATE TABLE retrieval_events (
        id ${serial},
        tenant_id ${key} NOT NULL,
        user_id ${key} NOT NULL,
        hash ${key} NOT NULL,
        query ${bytes},
        items_retrieved ${big} NOT NULL,
        total_items ${big} NOT NULL,
        tool_name TEXT,
        retrieval_type TEXT NOT NULL,
        at ${big} NOT NULL
      )`,
      `CREATE INDEX retrieval_events_by_time ON retrieval_events (tenant_id, at)`,
      `CREATE INDEX retrieval_events_by_user ON retrieval_events (tenant_id, user_id)`,
    ]);
    for (const table of TABLES) await isolateByTenant(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, TABLES);
  }
}
