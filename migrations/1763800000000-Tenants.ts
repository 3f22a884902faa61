import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dropTables, runAll } from './dialects/columns.js';
import { ACCESS_ROLE, createRoles, grantTo } from './dialects/isolation.js';

const TABLES = ['tenants', 'api_keys', 'api_key_users'];

/** Tenants and the keys that open them: asked before a tenant is known, and out of reach once one is. */
export class Tenants1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { key, big } = columnTypes(runner);
    await createRoles(runner);
    await runAll(runner, [
      `CREATE TABLE tenants (id ${key} NOT NULL PRIMARY KEY, created_at ${big} NOT NULL)`,
      `CREATE TABLE api_keys (
        id ${key} NOT NULL PRIMARY KEY,
        tenant_id ${key} NOT NULL REFERENCES tenants (id),
        name TEXT NOT NULL,
        secret_hash ${key} NOT NULL UNIQUE,
        all_users INTEGER NOT NULL,
        created_at ${big} NOT NULL,
        expires_at ${big}
      )`,
      `CREATE TABLE api_key_users (
        key_id ${key} NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        user_id ${key} NOT NULL,
        PRIMARY KEY (key_id, position)
      )`,
    ]);
    for (const table of TABLES) await grantTo(runner, ACCESS_ROLE, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, TABLES);
  }
}
