import pg from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { asFault, isTransient } from '../../faults.js';
import { allTenants, requireTenantId, TenantRegister } from '../../tenant-register.js';
import { Unit, UnitOfWork } from '../../unit-of-work.js';
import type { Tenancy, UnitOptions } from '../../unit-of-work.js';
import type { Roles } from './roles.js';

/** How often a unit that met a deadlock or a serialization failure is run before the error is passed on. */
const ATTEMPTS = 4;

const WRITING = 'BEGIN';
/** Every statement of a read sees the same state. */
const READING = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * Units on pooled connections. Each begins with one round trip that opens the transaction, takes a role that
 * row-level security binds, names the tenant and, when asked, waits for locks; all of it ends with the transaction.
 */
export class PostgresUnitOfWork extends UnitOfWork {
  readonly #register = new TenantRegister(this);

  constructor(
    private readonly dataSource: DataSource,
    private readonly roles: Roles,
  ) {
    super();
  }

  override async run<T>(
    tenancy: Tenancy,
    work: (unit: Unit) => Promise<T>,
    options: UnitOptions = {},
  ): Promise<T> {
    await this.#register.enrol(tenancy);
    return this.#transaction(this.#opening(WRITING, tenancy.tenantId, options.lock), tenancy.tenantId, work);
  }

  override async read<T>(tenancy: Tenancy, work: (unit: Unit) => Promise<T>): Promise<T> {
    requireTenantId(tenancy);
    return this.#transaction(this.#opening(READING, tenancy.tenantId), tenancy.tenantId, work);
  }

  override access<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#transaction([WRITING, ...asRole(this.roles.access)].join('; '), '', work);
  }

  override readAccess<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#transaction([READING, ...asRole(this.roles.access)].join('; '), '', work);
  }

  override tenants(): Promise<readonly string[]> {
    return this.readAccess(allTenants);
  }

  #opening(begin: string, tenantId: string, locks: UnitOptions['lock'] = []): string {
    const tenant = `SELECT set_config('headroom.tenant_id', ${pg.escapeLiteral(tenantId)}, true)`;
    const statements = [begin, ...asRole(this.roles.tenant), tenant];
    // Everybody takes them in one order, so that nobody waits for one who waits for him.
    for (const lock of [...new Set([locks].flat())].sort()) {
      const name = pg.escapeLiteral(JSON.stringify([tenantId, lock]));
      statements.push(`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
    }
    return statements.join('; ');
  }

  async #transaction<T>(opening: string, tenantId: string, work: (unit: Unit) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(opening, tenantId, work);
      } catch (error) {
        if (attempt === ATTEMPTS || !isTransient(error)) throw asFault(error);
      }
    }
  }

  async #attempt<T>(opening: string, tenantId: string, work: (unit: Unit) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query(opening);
      const result = await work(new Unit('postgres', tenantId, runner));
      await runner.query('COMMIT');
      return result;
    } catch (error) {
      await rollBack(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

function asRole(role: string | null): readonly string[] {
  return role === null ? [] : [`SET LOCAL ROLE ${role}`];
}

async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    await runner.query('ROLLBACK');
  } catch {
    // The connection is gone, and the transaction with it; the first error is the one that matters.
  }
}
