import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, isPostgres, runAll } from './dialects/columns.js';
import { isolateByTenant } from './dialects/isolation.js';

/**
 * What ranking knows of memories besides their terms, kept together per user (`owner` as in `memory_terms`): the
 * episode and the place in it, the share of the text that asks, the term it begins with, and when it was told.
 * `newest` and `living` in the totals tell a reader whether what it remembers of a user is still all.
 */
export class MemoryTraits1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, big, real } = columnTypes(runner);
    const clustered = isPostgres(runner) ? '' : 'WITHOUT ROWID';
    await runAll(runner, [
      `CREATE TABLE memory_traits (
        tenant_id ${key} NOT NULL,
        owner ${big} NOT NULL,
        seq ${big} NOT NULL,
        length INTEGER NOT NULL,
        episode ${big} NOT NULL,
        position ${big} NOT NULL,
        asked ${real} NOT NULL,
        topic ${big} NOT NULL,
        told_at ${big} NOT NULL,
        PRIMARY KEY (tenant_id, owner, seq)
      ) ${clustered}`,
      `ALTER TABLE memory_term_totals ADD COLUMN newest ${big} NOT NULL DEFAULT 0`,
      `ALTER TABLE memory_term_totals ADD COLUMN living ${big} NOT NULL DEFAULT 0`,
    ]);
    await isolateByTenant(runner, 'memory_traits');
    await this.#describeWhatIsThere(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      'ALTER TABLE memory_term_totals DROP COLUMN living',
      'ALTER TABLE memory_term_totals DROP COLUMN newest',
    ]);
    await dropTables(runner, ['memory_traits']);
  }

  /** Memories from before stand alone: they are found as they were, without neighbours. */
  async #describeWhatIsThere(runner: QueryRunner): Promise<void> {
    const tenants = (await runner.query('SELECT id FROM tenants ORDER BY id')) as { id: string }[];
    for (const { id } of tenants) {
      if (isPostgres(runner)) {
        await runner.query(`SELECT set_config('headroom.tenant_id', $1, true)`, [id]);
      }
      const tenant = isPostgres(runner) ? '$1' : '?';
      await runner.query(
        `INSERT INTO memory_traits (tenant_id, owner, seq, length, episode, position, asked, topic, told_at)
          SELECT t.tenant_id, t.owner, t.seq, MAX(t.length), 0, -1, 0, 0, MAX(m.valid_from)
          FROM memory_terms t JOIN memories m ON m.tenant_id = t.tenant_id AND m.seq = t.seq
          WHERE t.tenant_id = ${tenant} GROUP BY t.tenant_id, t.owner, t.seq`,
        [id],
      );
      await runner.query(
        `UPDATE memory_term_totals SET
          newest = (SELECT COALESCE(MAX(r.seq), 0) FROM memory_traits r
            WHERE r.tenant_id = memory_term_totals.tenant_id AND r.owner = memory_term_totals.owner),
          living = (SELECT count(*) FROM memory_traits r
            WHERE r.tenant_id = memory_term_totals.tenant_id AND r.owner = memory_term_totals.owner)
          WHERE tenant_id = ${tenant}`,
        [id],
      );
    }
  }
}
