import { HeadroomError } from '#libs/kernel';
import type pg from 'pg';
import type { EntityManager } from 'typeorm';
import type { Row } from '../../row.js';
import type { SqlValue } from '../../sql.js';
import type { Outcome, Statements } from '../../statements.js';
import type { PreparedNames } from './prepared-names.js';

const READS = /^\s*SELECT\b/i;

/**
 * The statements of one transaction on a connection that does not wait for one answer before it takes the next
 * statement: what needs nothing of the answers before it costs no round trip of its own. PostgreSQL runs them in order,
 * and after one that fails none that follows.
 */
export class PostgresStatements implements Statements {
  readonly #opened: Promise<unknown>;
  #isOpen = false;
  /** The first that failed, until it is undone. */
  #failure: Error | undefined;
  /** Without a transaction nothing that came after its opening counts, even if it succeeded. */
  #neverOpened: Error | undefined;

  /**
   * @param opening begins the transaction and binds it to a role and a tenant.
   * @param names of the statements that are prepared; where there are none, each is planned for its own values.
   */
  constructor(
    private readonly client: pg.ClientBase,
    readonly manager: EntityManager,
    opening: string,
    private readonly names: PreparedNames | undefined,
  ) {
    this.#opened = this.#ask(opening).then(
      () => (this.#isOpen = true),
      (error: unknown) => (this.#neverOpened = error as Error),
    );
  }

  /** Resolves when the transaction has begun. */
  async open(): Promise<void> {
    await this.#opened;
    if (this.#neverOpened !== undefined) throw this.#neverOpened;
  }

  async run(text: string, values: readonly SqlValue[]): Promise<Outcome> {
    await this.#mayGo(text);
    const { rows, rowCount } = await this.#ask(text, values);
    if (this.#neverOpened !== undefined) throw this.#neverOpened;
    return { rows: rows as readonly Row[], changed: rowCount ?? 0 };
  }

  async send(text: string, values: readonly SqlValue[]): Promise<void> {
    await this.#mayGo(text);
    // Kept in `#failure`, whoever waits for the next statement is told.
    this.#ask(text, values).catch(() => undefined);
  }

  /** @throws what failed and was not waited for; nothing is committed then. */
  async commit(): Promise<void> {
    const failed = new Promise<Error | undefined>((resolve, reject) => {
      this.client.query('COMMIT', (error: Error | null, result) => {
        if (error !== null) reject(this.#failure ?? error);
        // PostgreSQL rolls back where anything has failed, and says so by this alone.
        else resolve(result.command === 'COMMIT' ? undefined : (this.#failure ?? rolledBack()));
      });
    });
    const failure = (await failed) ?? this.#neverOpened;
    if (failure !== undefined) throw failure;
  }

  async rollBack(): Promise<void> {
    await this.#ask('ROLLBACK');
  }

  /** If no transaction began, a change would be committed by itself: only what reads may follow unconfirmed. */
  async #mayGo(text: string): Promise<void> {
    if (!this.#isOpen && !READS.test(text)) await this.open();
  }

  #ask(text: string, values: readonly SqlValue[] = []): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      // Called in the order of the statements, so the first failure is the one that explains the others.
      this.client.query(this.#bound(text, values), (error: Error | null, result) => {
        this.#failure = error === null ? undefined : (this.#failure ?? error);
        if (this.#failure === undefined) resolve(result);
        else reject(this.#failure);
      });
    });
  }

  #bound(text: string, values: readonly SqlValue[]): pg.QueryConfig {
    if (values.length === 0) return { text };
    return { text, values: [...values], name: this.names?.nameOf(text) };
  }
}

function rolledBack(): HeadroomError {
  return new HeadroomError('storage_error', 'PostgreSQL rolled the unit back.');
}
