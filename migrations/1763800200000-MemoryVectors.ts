import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, isPostgres, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

/** One vector per memory (its id and its number `seq`) and model, as little-endian 32-bit floats; where pgvector is at hand, in its own type too. */
export class MemoryVectors1763800200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE memory_vectors (
        tenant_id ${key} NOT NULL,
        memory_id ${key} NOT NULL,
        seq ${big} NOT NULL,
        user_id ${key} NOT NULL,
        model ${key} NOT NULL,
        dimensions INTEGER NOT NULL,
        vector ${bytes} NOT NULL,
        PRIMARY KEY (tenant_id, memory_id, model)
      )`,
      `CREATE INDEX memory_vectors_by_user ON memory_vectors (tenant_id, user_id, model, dimensions, seq)`,
    ]);
    await isolateByTenant(runner, 'memory_vectors');
    if (isPostgres(runner)) await addVectorColumn(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['memory_vectors']);
  }
}

/** The column has no fixed number of dimensions, since each embedding model brings its own. */
async function addVectorColumn(runner: QueryRunner): Promise<void> {
  await runner.query(`DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS vector;
  EXCEPTION WHEN undefined_file OR feature_not_supported OR insufficient_privilege THEN NULL;
  END $$`);
  await runner.query(`DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector') THEN
      ALTER TABLE memory_vectors ADD COLUMN embedding vector;
    END IF;
  END $$`);
}
