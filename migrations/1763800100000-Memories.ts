import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, isPostgres, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

/** Memories and their supersession chains. `scope_key` is the hash of all four scope ids. */
export class Memories1763800100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big, real, serial } = columnTypes(runner);
    // All that decides whether a scope sees a memory, so that SQLite need not touch the rows; PostgreSQL's index
    // entries are too small to hold it.
    const gates = isPostgres(runner)
      ? ''
      : ', valid_from, session_id, agent_id, turn_id, deleted_at, expires_at, superseded_at, valid_until';
    await runAll(runner, [
      `CREATE TABLE memories (
        seq ${serial},
        tenant_id ${key} NOT NULL,
        id ${key} NOT NULL,
        user_id ${key} NOT NULL,
        session_id ${key},
        agent_id ${key},
        turn_id ${key},
        scope_key ${key} NOT NULL,
        scope_level TEXT NOT NULL,
        content ${bytes} NOT NULL,
        content_hash ${key} NOT NULL,
        category TEXT NOT NULL,
        importance ${real} NOT NULL,
        subject ${key},
        entities TEXT NOT NULL,
        metadata TEXT NOT NULL,
        searchable TEXT,
        terms TEXT NOT NULL,
        term_count INTEGER NOT NULL,
        source TEXT,
        also_seen TEXT NOT NULL,
        valid_from ${big} NOT NULL,
        valid_until ${big},
        created_at ${big} NOT NULL,
        updated_at ${big} NOT NULL,
        superseded_at ${big},
        chain_id ${key} NOT NULL,
        supersedes ${key},
        superseded_by ${key},
        reason TEXT,
        promoted_from ${key},
        expires_at ${big},
        deleted_at ${big},
        access_count ${big} NOT NULL,
        last_accessed_at ${big},
        embedding_model TEXT,
        version INTEGER NOT NULL
      )`,
      `CREATE UNIQUE INDEX memories_by_id ON memories (tenant_id, id)`,
      // A chain cannot fork: a memory has at most one successor.
      `CREATE UNIQUE INDEX memories_by_predecessor ON memories (tenant_id, supersedes) WHERE supersedes IS NOT NULL`,
      `CREATE INDEX memories_by_user ON memories (tenant_id, user_id, created_at${gates})`,
      `CREATE INDEX memories_by_content ON memories (tenant_id, scope_key, content_hash)`,
      `CREATE INDEX memories_by_subject ON memories (tenant_id, scope_key, subject) WHERE subject IS NOT NULL`,
      `CREATE INDEX memories_by_model ON memories (tenant_id, embedding_model, seq) WHERE deleted_at IS NULL`,
      `CREATE INDEX memories_by_chain ON memories (tenant_id, chain_id)`,
      `CREATE INDEX memories_promoted ON memories (tenant_id, user_id, created_at) WHERE promoted_from IS NOT NULL`,
      // What a search counts as held back; few memories have ended, so a search need not look at the others.
      `CREATE INDEX memories_with_an_end ON memories (tenant_id, user_id, created_at)
        WHERE superseded_at IS NOT NULL OR expires_at IS NOT NULL`,
      `CREATE INDEX memories_by_expiry ON memories (tenant_id, expires_at) WHERE expires_at IS NOT NULL`,
      `CREATE INDEX memories_of_turns ON memories (tenant_id, created_at) WHERE turn_id IS NOT NULL`,
    ]);
    await isolateByTenant(runner, 'memories');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['memories']);
  }
}
