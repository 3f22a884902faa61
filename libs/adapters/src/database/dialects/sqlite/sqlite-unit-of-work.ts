import { Mutex } from 'async-mutex';
import type { QueryRunner } from 'typeorm';
import { asFault, UnitLost } from '../../faults.js';
import { RunnerStatements } from '../../statements.js';
import { Unit, UnitOfWork } from '../../unit-of-work.js';
import type { Tenancy, UnitOptions } from '../../unit-of-work.js';
import { allTenants, requireTenantId, TenantRegister } from '../../tenant-register.js';

/** Nobody waits for more writers than these before being told that all is on disk. */
const MOST_TOGETHER = 32;

/** A writing unit before its turn. */
interface Waiting {
  readonly tenantId: string;
  readonly work: (unit: Unit) => Promise<unknown>;
  readonly isPiece: boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Units on the one connection to the file. They take turns, so a lock of its own is never needed. Writing units that
 * wait at the same time share a transaction; each of them is undone alone, and all are durable before any is answered,
 * unless all of them are pieces of something larger.
 */
export class SqliteUnitOfWork extends UnitOfWork {
  readonly #turns = new Mutex();
  readonly #waiting: Waiting[] = [];
  readonly #register = new TenantRegister(this);

  constructor(private readonly runner: QueryRunner) {
    super();
  }

  override async run<T>(
    tenancy: Tenancy,
    work: (unit: Unit) => Promise<T>,
    { isPiece = false }: UnitOptions = {},
  ): Promise<T> {
    await this.#register.enrol(tenancy);
    return this.#transaction(tenancy.tenantId, work, isPiece);
  }

  override read<T>(tenancy: Tenancy, work: (unit: Unit) => Promise<T>): Promise<T> {
    requireTenantId(tenancy);
    // Its turn alone makes a read consistent: nothing else uses the connection meanwhile.
    return this.#turns.runExclusive(() => this.#translating(() => work(this.#unit(tenancy.tenantId))));
  }

  override access<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#transaction('', work);
  }

  override readAccess<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#turns.runExclusive(() => this.#translating(() => work(this.#unit(''))));
  }

  override tenants(): Promise<readonly string[]> {
    return this.readAccess(allTenants);
  }

  /** Waits for the running unit, then lets nothing else start. */
  async stop(): Promise<void> {
    await this.#turns.acquire();
  }

  /** Runs outside any transaction, in its turn. */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.runExclusive(() => this.#translating(work));
  }

  #transaction<T>(tenantId: string, work: (unit: Unit) => Promise<T>, isPiece = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ tenantId, work, isPiece, resolve: resolve as (value: unknown) => void, reject });
      void this.#turns.runExclusive(() => this.#writeTogether());
    });
  }

  /** Everything that waits by now, in one transaction: bringing it to disk is most of what a small write costs. */
  async #writeTogether(): Promise<void> {
    const group = this.#waiting.splice(0, MOST_TOGETHER);
    // An earlier turn has taken along what this one was for.
    if (group.length === 0) return;
    const isAllPieces = group.every(({ isPiece }) => isPiece);
    try {
      if (isAllPieces) await this.runner.query('PRAGMA synchronous = NORMAL');
      await this.runner.query('BEGIN IMMEDIATE');
      const answers = [];
      for (const one of group) answers.push(await this.#answerOf(one, group.length > 1));
      await this.runner.query('COMMIT');
      answers.forEach((answer) => {
        answer();
      });
    } catch (error) {
      await this.#rollBack();
      const fault = asFault(error);
      group.forEach(({ reject }) => {
        reject(fault);
      });
    } finally {
      if (isAllPieces) await this.runner.query('PRAGMA synchronous = FULL');
    }
  }

  /** @returns how to answer once all is committed. @throws what undoes the whole transaction. */
  async #answerOf({ tenantId, work, resolve, reject }: Waiting, hasCompany: boolean): Promise<() => void> {
    const unit = this.#unit(tenantId);
    try {
      const result = await (hasCompany ? unit.attempt(() => work(unit)) : work(unit));
      return () => {
        resolve(result);
      };
    } catch (error) {
      if (!hasCompany || error instanceof UnitLost) throw error;
      return () => {
        reject(asFault(error));
      };
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
    return new Unit('sqlite', tenantId, new RunnerStatements(this.runner));
  }

  async #translating<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw asFault(error);
    }
  }
}
