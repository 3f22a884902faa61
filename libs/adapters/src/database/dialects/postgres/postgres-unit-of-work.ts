import pg from 'pg';
import type { DataSource } from 'typeorm';
import { asFault, isTransient, isUnpreparedSince } from '../../faults.js';
import { allTenants, requireTenantId, TenantRegister } from '../../tenant-register.js';
import { Unit, UnitOfWork } from '../../unit-of-work.js';
import type { Tenancy, UnitOptions } from '../../unit-of-work.js';
import { PostgresStatements } from './postgres-statements.js';
import { PreparedNames } from './prepared-names.js';
import type { Roles } from './roles.js';

/** How often a unit that met a failure of the moment is run before the error is passed on. */
const ATTEMPTS = 4;

const WRITING = 'BEGIN';
/** Every statement of a read sees the same state. */
const READING = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

interface Transaction {
  readonly opening: string;
  readonly tenantId: string;
  /** Nothing of a read can be lost, so nobody waits until it has ended. */
  readonly isRead?: boolean;
  /** Nothing may be sent before it has begun, as TypeORM's repositories do not ask. */
  readonly opensFirst?: boolean;
}

/**
 * Units on pooled connections. Each begins with one statement that opens the transaction, takes a role that row-level
 * security binds, names the tenant and, when asked, waits for locks; all of it ends with the transaction.
 */
export class PostgresUnitOfWork extends UnitOfWork {
  readonly #register = new TenantRegister(this);
  /** A write asks by keys, so one plan serves all values; a search is planned for what it looks for. */
  readonly #names = new PreparedNames();

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
    const { tenantId } = tenancy;
    return this.#transaction({ tenantId, opening: this.#opening(WRITING, tenantId, options) }, work);
  }

  override async read<T>(tenancy: Tenancy, work: (unit: Unit) => Promise<T>): Promise<T> {
    requireTenantId(tenancy);
    const { tenantId } = tenancy;
    return this.#transaction({ tenantId, opening: this.#opening(READING, tenantId), isRead: true }, work);
  }

  override access<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    const opening = [WRITING, ...asRole(this.roles.access)].join('; ');
    return this.#transaction({ tenantId: '', opening, opensFirst: true }, work);
  }

  override readAccess<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    const opening = [READING, ...asRole(this.roles.access)].join('; ');
    return this.#transaction({ tenantId: '', opening, isRead: true }, work);
  }

  override tenants(): Promise<readonly string[]> {
    return this.readAccess(allTenants);
  }

  #opening(begin: string, tenantId: string, { lock: locks = [], isPiece = false }: UnitOptions = {}): string {
    const tenant = `SELECT set_config('headroom.tenant_id', ${pg.escapeLiteral(tenantId)}, true)`;
    const statements = [begin, ...asRole(this.roles.tenant), tenant];
    // The log is written in order: the next commit that waits for the disk brings this one there too.
    if (isPiece) statements.push('SET LOCAL synchronous_commit TO off');
    // Everybody takes them in one order, so that nobody waits for one who waits for him.
    for (const lock of [...new Set([locks].flat())].sort()) {
      const name = pg.escapeLiteral(JSON.stringify([tenantId, lock]));
      statements.push(`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
    }
    return statements.join('; ');
  }

  async #transaction<T>(transaction: Transaction, work: (unit: Unit) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(transaction, work);
      } catch (error) {
        if (isUnpreparedSince(error)) this.#names.giveUp();
        if (attempt === ATTEMPTS || !isTransient(error)) throw asFault(error);
      }
    }
  }

  async #attempt<T>(
    { opening, tenantId, isRead = false, opensFirst = false }: Transaction,
    work: (unit: Unit) => Promise<T>,
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    let ended: Promise<unknown> = Promise.resolve();
    try {
      const client = (await runner.connect()) as pg.PoolClient;
      const statements = new PostgresStatements(
        client,
        runner.manager,
        opening,
        isRead ? undefined : this.#names,
      );
      try {
        if (opensFirst) await statements.open();
        const result = await work(new Unit('postgres', tenantId, statements));
        ended = statements.commit();
        if (!isRead) await ended;
        return result;
      } catch (error) {
        ended = statements.rollBack();
        throw error;
      }
    } finally {
      // The connection may be gone, and the transaction with it; what was thrown before is what matters.
      const release = () => runner.release();
      void ended.then(release, release);
    }
  }
}

function asRole(role: string | null): readonly string[] {
  return role === null ? [] : [`SET LOCAL ROLE ${role}`];
}
