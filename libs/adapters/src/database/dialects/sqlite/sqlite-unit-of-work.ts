import { Mutex } from 'async-mutex';
import type { QueryRunner } from 'typeorm';
import { asFault } from '../../faults.js';
import { Unit, UnitOfWork } from '../../unit-of-work.js';
import type { Tenancy } from '../../unit-of-work.js';
import { allTenants, requireTenantId, TenantRegister } from '../../tenant-register.js';

/** Units on the one connection to the file. They take turns, so a lock of its own is never needed. */
export class SqliteUnitOfWork extends UnitOfWork {
  readonly #turns = new Mutex();
  readonly #register = new TenantRegister(this);

  constructor(private readonly runner: QueryRunner) {
    super();
  }

  override async run<T>(tenancy: Tenancy, work: (unit: Unit) => Promise<T>): Promise<T> {
    await this.#register.enrol(tenancy);
    return this.#transaction(tenancy.tenantId, work);
  }

  override read<T>(tenancy: Tenancy, work: (unit: Unit) => Promise<T>): Promise<T> {
    requireTenantId(tenancy);
    // Its turn alone makes a read consistent: nothing else uses the connection meanwhile.
    return this.#turns.runExclusive(() => this.#translating(() => work(this.#unit(tenancy.tenantId))));
  }

  override access<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#transaction('', work);
  }

  override tenants(): Promise<readonly string[]> {
    return this.#turns.runExclusive(() => this.#translating(() => allTenants(this.#unit(''))));
  }

  /** Waits for the running unit, then lets nothing else start. */
  async stop(): Promise<void> {
    await this.#turns.acquire();
  }

  /** Runs outside any transaction, in its turn. */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.runExclusive(() => this.#translating(work));
  }

  #transaction<T>(tenantId: string, work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#turns.runExclusive(() => this.#translating(() => this.#attempt(tenantId, work)));
  }

  async #attempt<T>(tenantId: string, work: (unit: Unit) => Promise<T>): Promise<T> {
    await this.runner.query('BEGIN IMMEDIATE');
    try {
      const result = await work(this.#unit(tenantId));
      await this.runner.query('COMMIT');
      return result;
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  async #rollBack(): Promise<void> {
    try {
      await this.runner.query('ROLLBACK');
    } catch {
      // A full disk makes SQLite roll back by itself; the first error is the one that matters.
    }
  }

  #unit(tenantId: string): Unit {
    return new Unit('sqlite', tenantId, this.runner);
  }

  async #translating<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw asFault(error);
    }
  }
}
