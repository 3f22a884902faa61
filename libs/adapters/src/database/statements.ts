import type { EntityManager, QueryRunner } from 'typeorm';
import type { Row } from './row.js';
import type { SqlValue } from './sql.js';

/** What a statement gave. */
export interface Outcome {
  readonly rows: readonly Row[];
  /** How many rows it changed. */
  readonly changed: number;
}

/** The statements of one transaction; they run in the order in which they are given. */
export interface Statements {
  /** TypeORM's way to the same transaction. */
  readonly manager: EntityManager;

  run(text: string, values: readonly SqlValue[]): Promise<Outcome>;

  /** See `Unit.send`. */
  send(text: string, values: readonly SqlValue[]): Promise<void>;
}

/** Statements that run one at a time on TypeORM's connection. */
export class RunnerStatements implements Statements {
  readonly manager: EntityManager;

  constructor(private readonly runner: QueryRunner) {
    this.manager = runner.manager;
  }

  async run(text: string, values: readonly SqlValue[]): Promise<Outcome> {
    const { records, affected } = await this.runner.query(text, [...values], true);
    return { rows: records as readonly Row[], changed: affected ?? 0 };
  }

  async send(text: string, values: readonly SqlValue[]): Promise<void> {
    await this.runner.query(text, [...values]);
  }
}
