import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { ACCESS_ROLE, grantTo } from './dialects/isolation.js';

/** What the queue in the process gave up, for the operator: one row per job, the last hundred of each name. */
export class FailedJobs1765000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, bytes, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE failed_jobs (
        address ${key} NOT NULL PRIMARY KEY,
        name ${key} NOT NULL,
        data TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        error ${bytes} NOT NULL,
        failed_at ${big} NOT NULL
      )`,
    ]);
    await grantTo(runner, ACCESS_ROLE, 'failed_jobs');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['failed_jobs']);
  }
}
