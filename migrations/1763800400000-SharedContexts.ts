import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

const TABLES = ['shared_context_entries', 'shared_context_configs'];

/**
 * Entries that agents hand to each other. Names are opaque, so they are kept as bytes and found by the hash of context
 * (`context_address`) and of context and key (`address`); contents become NULL when an entry expires
 * or is gone (`gone_at`), and its trace stays. `sequence` orders the entries of a context by their last put.
 */
export class SharedContexts1763800400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE shared_context_entries (
        tenant_id ${key} NOT NULL,
        address ${key} NOT NULL,
        context_address ${key} NOT NULL,
        context ${bytes} NOT NULL,
        entry_key ${bytes} NOT NULL,
        agent ${bytes},
        user_id ${key},
        version INTEGER NOT NULL,
        hash ${key} NOT NULL,
        content_kind TEXT NOT NULL,
        original_tokens ${big} NOT NULL,
        compressed_tokens ${big} NOT NULL,
        transforms TEXT NOT NULL,
        metadata TEXT NOT NULL,
        created_at ${big} NOT NULL,
        expires_at ${big} NOT NULL,
        sequence ${big} NOT NULL,
        gone_at ${big},
        original ${bytes},
        compressed ${bytes},
        PRIMARY KEY (tenant_id, address)
      )`,
      `CREATE INDEX shared_context_entries_by_context
         ON shared_context_entries (tenant_id, context_address, sequence) WHERE original IS NOT NULL`,
      `CREATE INDEX shared_context_entries_by_user ON shared_context_entries (tenant_id, user_id)
         WHERE user_id IS NOT NULL`,
      `CREATE INDEX shared_context_entries_by_expiry ON shared_context_entries (tenant_id, expires_at)
         WHERE original IS NOT NULL`,
      `CREATE TABLE shared_context_configs (
        tenant_id ${key} NOT NULL,
        context_address ${key} NOT NULL,
        context ${bytes} NOT NULL,
        model TEXT,
        ttl_seconds ${big} NOT NULL,
        max_entries ${big} NOT NULL,
        PRIMARY KEY (tenant_id, context_address)
      )`,
    ]);
    for (const table of TABLES) await isolateByTenant(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, TABLES);
  }
}
