import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

const TABLES = ['shared_context_sources', 'handoffs', 'handoff_entries'];

/**
 * Which entries an entry was made from, and what agents pin for one another. A handoff is found by the hash of its
 * context and of its recipient; `compressed` becomes NULL when it has expired. The two keys are hashes of idempotency
 * keys, by which a repetition is known. `user_id` of a row is the owner of the entry that the row names. An original is kept until `pinned_until`, whatever else would end it.
 */
export class Handoffs1764600100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE shared_context_sources (
        tenant_id ${key} NOT NULL,
        address ${key} NOT NULL,
        position INTEGER NOT NULL,
        source_key ${bytes} NOT NULL,
        source_version INTEGER NOT NULL,
        user_id ${key},
        PRIMARY KEY (tenant_id, address, position),
        FOREIGN KEY (tenant_id, address) REFERENCES shared_context_entries (tenant_id, address) ON DELETE CASCADE
      )`,
      `CREATE INDEX shared_context_sources_by_user ON shared_context_sources (tenant_id, user_id)
         WHERE user_id IS NOT NULL`,
      `CREATE TABLE handoffs (
        tenant_id ${key} NOT NULL,
        id ${key} NOT NULL,
        context_address ${key} NOT NULL,
        to_address ${key} NOT NULL,
        context ${bytes} NOT NULL,
        from_agent ${bytes} NOT NULL,
        to_agent ${bytes} NOT NULL,
        note ${bytes},
        token_budget ${big},
        created_at ${big} NOT NULL,
        expires_at ${big} NOT NULL,
        accepted_at ${big},
        creation_key ${key},
        acceptance_key ${key},
        PRIMARY KEY (tenant_id, id)
      )`,
      `CREATE INDEX handoffs_by_recipient ON handoffs (tenant_id, context_address, to_address, created_at)`,
      `CREATE INDEX handoffs_by_context ON handoffs (tenant_id, context_address, created_at)`,
      `CREATE INDEX handoffs_by_expiry ON handoffs (tenant_id, expires_at)`,
      `CREATE INDEX handoffs_by_creation ON handoffs (tenant_id, creation_key) WHERE creation_key IS NOT NULL`,
      `CREATE TABLE handoff_entries (
        tenant_id ${key} NOT NULL,
        handoff_id ${key} NOT NULL,
        position INTEGER NOT NULL,
        is_left_out INTEGER NOT NULL,
        user_id ${key},
        entry_key ${bytes} NOT NULL,
        agent ${bytes},
        version INTEGER NOT NULL,
        hash ${key} NOT NULL,
        content_kind TEXT NOT NULL,
        original_tokens ${big} NOT NULL,
        compressed_tokens ${big} NOT NULL,
        transforms TEXT NOT NULL,
        compressed ${bytes},
        PRIMARY KEY (tenant_id, handoff_id, position),
        FOREIGN KEY (tenant_id, handoff_id) REFERENCES handoffs (tenant_id, id) ON DELETE CASCADE
      )`,
      `CREATE INDEX handoff_entries_by_user ON handoff_entries (tenant_id, user_id) WHERE user_id IS NOT NULL`,
      `ALTER TABLE originals ADD COLUMN pinned_until ${big}`,
    ]);
    for (const table of TABLES) await isolateByTenant(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['ALTER TABLE originals DROP COLUMN pinned_until']);
    await dropTables(runner, TABLES);
  }
}
