import type { Repository } from 'typeorm';
import type { Tables } from './entities/entities.js';
import { UnitLost } from './faults.js';
import type { Row } from './row.js';
import type { Dialect, Sql } from './sql.js';
import type { Statements } from './statements.js';

/** Whose rows a unit may touch. Every `Caller` is one. */
export interface Tenancy {
  readonly tenantId: string;
}

/** The part of TypeORM's repository that stays inside the unit's transaction. */
export type RowsOf<TableRow extends object> = Pick<
  Repository<TableRow>,
  | 'find'
  | 'findBy'
  | 'findOne'
  | 'findOneBy'
  | 'count'
  | 'countBy'
  | 'insert'
  | 'update'
  | 'delete'
  | 'createQueryBuilder'
>;

/** What runs inside one transaction of one tenant. It must not be used after its work has settled. */
export class Unit {
  constructor(
    readonly dialect: Dialect,
    /** Written into every row and named in every condition; row-level security checks it again on PostgreSQL. */
    readonly tenantId: string,
    private readonly statements: Statements,
  ) {}

  /** TypeORM's repository of a table, on this transaction. `save` and `remove` would begin another: use the others. */
  table<Name extends keyof Tables>(name: Name): RowsOf<Tables[Name]> {
    return this.statements.manager.getRepository<Tables[Name]>(name);
  }

  async all(statement: Sql): Promise<readonly Row[]> {
    const { rows } = await this.statements.run(statement.textFor(this.dialect), statement.values);
    return rows;
  }

  async first(statement: Sql): Promise<Row | undefined> {
    const rows = await this.all(statement);
    return rows[0];
  }

  /** @returns how many rows the statement changed. */
  async run(statement: Sql): Promise<number> {
    const { changed } = await this.statements.run(statement.textFor(this.dialect), statement.values);
    return changed;
  }

  /**
   * Runs a statement whose outcome nobody asks for; on PostgreSQL this resolves once it is on its way. If it fails, the
   * next statement that is waited for throws its error, or the part or unit does when it ends.
   */
  send(statement: Sql): Promise<void> {
    return this.statements.send(statement.textFor(this.dialect), statement.values);
  }

  /**
   * Runs a part that may fail without spoiling the rest: what it wrote is undone when it throws.
   * @throws UnitLost when that is not possible.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    // One name for all: of savepoints with equal names the innermost is meant, and its statements stay prepared.
    await this.statements.send('SAVEPOINT part', []);
    try {
      const result = await work();
      await this.statements.run('RELEASE SAVEPOINT part', []);
      return result;
    } catch (error) {
      await this.#undoPart(error);
      throw error;
    }
  }

  async #undoPart(reason: unknown): Promise<void> {
    try {
      await this.statements.run('ROLLBACK TO SAVEPOINT part', []);
      await this.statements.run('RELEASE SAVEPOINT part', []);
    } catch {
      throw new UnitLost('The whole unit was undone.', { cause: reason });
    }
  }
}

/** A writing unit may first wait for others that name the same locks; they are released with the transaction. */
export interface UnitOptions {
  /** Several are taken in one order everywhere, so that no two units wait for each other. */
  readonly lock?: string | readonly string[] | undefined;
  /**
   * `run` resolves before the disk has confirmed: a crash of the machine may undo the latest such units, whole and in
   * order, until {@link Database.persist} or any other unit has written. For a piece of what is answered later.
   */
  readonly isPiece?: boolean | undefined;
}

/**
 * The only way to the rows. Each unit is one transaction bound to one tenant. Units must not be nested: on SQLite they
 * take turns on one connection. `work` may run again after a deadlock, so it must have no effect outside the unit.
 */
export abstract class UnitOfWork {
  /** A writing transaction: all of `work` is durable when this resolves, or none of it happened. */
  abstract run<T>(tenancy: Tenancy, work: (unit: Unit) => Promise<T>, options?: UnitOptions): Promise<T>;

  /** A consistent read; `work` must not write. */
  abstract read<T>(tenancy: Tenancy, work: (unit: Unit) => Promise<T>): Promise<T>;

  /**
   * The one unit without a tenant. On PostgreSQL its role reaches `tenants`, `api_keys`, `api_key_users` and `turns`
   * and no other table, so whatever runs here cannot read what a tenant stored.
   */
  abstract access<T>(work: (unit: Unit) => Promise<T>): Promise<T>;

  /** The same for work that only reads: every request asks who calls. */
  abstract readAccess<T>(work: (unit: Unit) => Promise<T>): Promise<T>;

  /** Every tenant that ever wrote; cross-tenant upkeep visits them one by one, bound to each in turn. */
  abstract tenants(): Promise<readonly string[]>;
}
