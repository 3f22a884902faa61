import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

const TABLES = ['conversation_appends', 'conversation_prefixes', 'given_messages'];

/**
 * Where a conversation was forked from, which appends it has answered, and the beginning that its contexts keep:
 * `dropped` is a JSON list of positions and `fitting` what they were dropped for; `message` is NULL in a given message
 * that was given as it was sent. `address` and `lineage` are hashes.
 */
export class ConversationStates1764600200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, big } = columnTypes(runner);
    await runAll(runner, [
      `ALTER TABLE conversations ADD COLUMN forked_from_id ${key}`,
      `ALTER TABLE conversations ADD COLUMN forked_from_index INTEGER`,
      `CREATE TABLE conversation_appends (
        tenant_id ${key} NOT NULL,
        conversation_id ${key} NOT NULL,
        address ${key} NOT NULL,
        user_id ${key} NOT NULL,
        fingerprint ${key} NOT NULL,
        first_position INTEGER NOT NULL,
        appended INTEGER NOT NULL,
        tokens ${big} NOT NULL,
        created_at ${big} NOT NULL,
        PRIMARY KEY (tenant_id, conversation_id, address),
        FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id) ON DELETE CASCADE
      )`,
      `CREATE TABLE conversation_prefixes (
        tenant_id ${key} NOT NULL,
        conversation_id ${key} NOT NULL,
        lineage ${key} NOT NULL,
        user_id ${key} NOT NULL,
        revision INTEGER NOT NULL,
        fitting TEXT NOT NULL,
        dropped TEXT NOT NULL,
        PRIMARY KEY (tenant_id, conversation_id, lineage),
        FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id) ON DELETE CASCADE
      )`,
      `CREATE TABLE given_messages (
        tenant_id ${key} NOT NULL,
        conversation_id ${key} NOT NULL,
        lineage ${key} NOT NULL,
        position INTEGER NOT NULL,
        user_id ${key} NOT NULL,
        message TEXT,
        PRIMARY KEY (tenant_id, conversation_id, lineage, position),
        FOREIGN KEY (tenant_id, conversation_id, lineage)
          REFERENCES conversation_prefixes (tenant_id, conversation_id, lineage) ON DELETE CASCADE
      )`,
      ...TABLES.map((table) => `CREATE INDEX ${table}_by_user ON ${table} (tenant_id, user_id)`),
    ]);
    for (const table of TABLES) await isolateByTenant(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, TABLES);
    await runAll(runner, [
      'ALTER TABLE conversations DROP COLUMN forked_from_index',
      'ALTER TABLE conversations DROP COLUMN forked_from_id',
    ]);
  }
}
