import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { ACCESS_ROLE, grantTo } from './dialects/isolation.js';

/** Which process does a piece of work that several servers share. `held_until` is in the database's own time. */
export class Turns1763801500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, big } = columnTypes(runner);
    await runAll(runner, [
      `CREATE TABLE turns (name ${key} NOT NULL PRIMARY KEY, holder ${key} NOT NULL, held_until ${big} NOT NULL)`,
    ]);
    await grantTo(runner, ACCESS_ROLE, 'turns');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['turns']);
  }
}
