import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runAll } from './dialects/columns.js';

/**
 * What a request under an idempotency key has done so far: a JSON object of ids by the number of the step, written in
 * the transaction that did it. NULL before the first.
 */
export class StepsOfClaims1765000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['ALTER TABLE idempotency_keys ADD COLUMN steps TEXT']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, ['ALTER TABLE idempotency_keys DROP COLUMN steps']);
  }
}
