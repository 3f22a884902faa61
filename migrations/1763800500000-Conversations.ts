import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

const TABLES = ['conversations', 'messages'];

/** Stored conversations. A message is kept as JSON text, whose escapes hold every character. */
export class Conversations1763800500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE conversations (
        tenant_id ${key} NOT NULL,
        id ${key} NOT NULL,
        user_id ${key} NOT NULL,
        session_id ${key},
        agent_id ${key},
        turn_id ${key},
        model TEXT,
        metadata TEXT NOT NULL,
        message_count INTEGER NOT NULL,
        tokens ${big} NOT NULL,
        created_at ${big} NOT NULL,
        updated_at ${big} NOT NULL,
        PRIMARY KEY (tenant_id, id)
      )`,
      `CREATE INDEX conversations_by_user ON conversations (tenant_id, user_id, created_at)`,
      `CREATE TABLE messages (
        tenant_id ${key} NOT NULL,
        conversation_id ${key} NOT NULL,
        position INTEGER NOT NULL,
        user_id ${key} NOT NULL,
        message TEXT NOT NULL,
        tokens ${big} NOT NULL,
        created_at ${big} NOT NULL,
        PRIMARY KEY (tenant_id, conversation_id, position),
        FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id) ON DELETE CASCADE
      )`,
      `CREATE INDEX messages_by_user ON messages (tenant_id, user_id)`,
    ]);
    for (const table of TABLES) await isolateByTenant(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, TABLES);
  }
}
