import { invalid, isScopeId } from '#libs/kernel';
import { text } from './row.js';
import { sql } from './sql.js';
import type { Tenancy, Unit, UnitOfWork } from './unit-of-work.js';

/** Enters each tenant into `tenants` before its first write, once per process, so that upkeep can visit all of them. */
export class TenantRegister {
  readonly #known = new Set<string>();

  constructor(private readonly units: UnitOfWork) {}

  async enrol(tenancy: Tenancy): Promise<void> {
    const { tenantId } = tenancy;
    if (this.#known.has(tenantId)) return;
    requireTenantId(tenancy);
    await this.units.access((unit) => enrolTenant(unit, tenantId));
    this.#known.add(tenantId);
  }
}

export async function enrolTenant(unit: Unit, tenantId: string, at = Date.now()): Promise<void> {
  await unit.send(
    sql`INSERT INTO tenants (id, created_at) VALUES (${tenantId}, ${at}) ON CONFLICT (id) DO NOTHING`,
  );
}

export async function allTenants(unit: Unit): Promise<readonly string[]> {
  const rows = await unit.all(sql`SELECT id FROM tenants ORDER BY id`);
  return rows.map((row) => text(row, 'id'));
}

/** The tenant is written into a PostgreSQL setting, which holds no NUL and is limited in length. */
export function requireTenantId({ tenantId }: Tenancy): void {
  if (!isScopeId(tenantId)) {
    throw invalid([{ path: 'tenant', message: 'must be 1–512 characters without NUL or lone surrogates' }]);
  }
}
