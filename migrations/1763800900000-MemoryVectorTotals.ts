import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, isPostgres, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

/**
 * What a search needs to know of a user's vectors of one model before it reads any: how many there are, and the number
 * of the last change. Each vector carries the number of the change that wrote it. Numbers begin anew with each `epoch`,
 * a random name given when the user's first vector comes.
 */
export class MemoryVectorTotals1763800900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE memory_vector_totals (
        tenant_id ${key} NOT NULL,
        user_id ${key} NOT NULL,
        model ${key} NOT NULL,
        dimensions INTEGER NOT NULL,
        epoch TEXT NOT NULL,
        revision ${big} NOT NULL,
        vectors ${big} NOT NULL,
        PRIMARY KEY (tenant_id, user_id, model, dimensions)
      )`,
      `ALTER TABLE memory_vectors ADD COLUMN revision ${big} NOT NULL DEFAULT 1`,
      `DROP INDEX memory_vectors_by_user`,
      `CREATE INDEX memory_vectors_by_user ON memory_vectors (tenant_id, user_id, model, dimensions, revision, seq)`,
    ]);
    await countVectors(runner);
    await isolateByTenant(runner, 'memory_vector_totals');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `DROP INDEX memory_vectors_by_user`,
      `ALTER TABLE memory_vectors DROP COLUMN revision`,
      `CREATE INDEX memory_vectors_by_user ON memory_vectors (tenant_id, user_id, model, dimensions, seq)`,
    ]);
    await dropTables(runner, ['memory_vector_totals']);
  }
}

/** Counts what is there already. On PostgreSQL even the owner sees one tenant at a time. */
async function countVectors(runner: QueryRunner): Promise<void> {
  const count = `INSERT INTO memory_vector_totals (tenant_id, user_id, model, dimensions, epoch, revision, vectors)
    SELECT tenant_id, user_id, model, dimensions, 'first', 1, count(*) FROM memory_vectors
    GROUP BY tenant_id, user_id, model, dimensions`;
  if (!isPostgres(runner)) {
    await runner.query(count);
    return;
  }
  await runner.query(`DO $$ DECLARE tenant TEXT; BEGIN
    FOR tenant IN SELECT id FROM tenants LOOP
      PERFORM set_config('headroom.tenant_id', tenant, true);
      ${count.replace('GROUP BY', 'WHERE tenant_id = tenant GROUP BY')};
    END LOOP;
    PERFORM set_config('headroom.tenant_id', '', true);
  END $$`);
}
