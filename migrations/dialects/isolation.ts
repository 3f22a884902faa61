import type { QueryRunner } from 'typeorm';
import { isPostgres } from './columns.js';

/** Reads and writes the rows of one tenant, the one named by the setting `headroom.tenant_id`. */
export const TENANT_ROLE = 'headroom_tenant';
/** Reaches tenants, API keys and what the servers agree on, and nothing that a tenant stored. */
export const ACCESS_ROLE = 'headroom_access';

/**
 * Makes the roles when the login may; otherwise an administrator makes them, or the login itself is bound by row-level
 * security. Roles belong to the whole cluster, so another database may make them at the same moment.
 */
export async function createRoles(runner: QueryRunner): Promise<void> {
  if (!isPostgres(runner)) return;
  for (const role of [TENANT_ROLE, ACCESS_ROLE]) {
    await runner.query(`DO $$ BEGIN
      IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${role}') THEN
        CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS;
      END IF;
    EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
    END $$`);
    await whereRoleExists(runner, role, `GRANT ${role} TO CURRENT_USER`);
    await whereRoleExists(
      runner,
      role,
      `EXECUTE format('GRANT USAGE ON SCHEMA %I TO ${role}', current_schema())`,
    );
  }
}

/**
 * Row-level security on a tenant's table, forced on its owner too: without the setting, or with another tenant's, no
 * row is seen, changed or added.
 */
export async function isolateByTenant(runner: QueryRunner, table: string): Promise<void> {
  if (!isPostgres(runner)) return;
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
  await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  await runner.query(`CREATE POLICY ${table}_of_tenant ON ${table}
    USING (tenant_id = current_setting('headroom.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('headroom.tenant_id', true))`);
  await grantTo(runner, TENANT_ROLE, table);
}

export async function grantTo(runner: QueryRunner, role: string, table: string): Promise<void> {
  if (!isPostgres(runner)) return;
  await whereRoleExists(runner, role, `GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO ${role}`);
}

async function whereRoleExists(runner: QueryRunner, role: string, statement: string): Promise<void> {
  await runner.query(`DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${role}') THEN ${statement}; END IF;
  EXCEPTION WHEN insufficient_privilege THEN NULL;
  END $$`);
}
