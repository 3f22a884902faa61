import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, isPostgres, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

const TABLES = ['memory_terms', 'memory_term_totals'];

/**
 * The text index of memories: which analysed term stands in which memory how often, kept together per user (`owner` is
 * a hash of the user's id) and term, so that a search reads only what belongs to its user. `length` is the memory's
 * number of terms; the totals give BM25 the number of memories and their average length.
 */
export class MemoryTerms1763800150000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, big } = columnTypes(runner);
    const clustered = isPostgres(runner) ? '' : 'WITHOUT ROWID';
    await runAll(runner, [
      `CREATE TABLE memory_terms (
        tenant_id ${key} NOT NULL,
        owner ${big} NOT NULL,
        term ${key} NOT NULL,
        seq ${big} NOT NULL,
        frequency INTEGER NOT NULL,
        length INTEGER NOT NULL,
        PRIMARY KEY (tenant_id, owner, term, seq)
      ) ${clustered}`,
      `CREATE TABLE memory_term_totals (
        tenant_id ${key} NOT NULL,
        owner ${big} NOT NULL,
        documents ${big} NOT NULL,
        terms ${big} NOT NULL,
        PRIMARY KEY (tenant_id, owner)
      )`,
    ]);
    for (const table of TABLES) await isolateByTenant(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, TABLES);
  }
}
