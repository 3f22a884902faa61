import type { QueryRunner } from 'typeorm';

/** The column types that the two databases spell differently. */
export interface ColumnTypes {
  /** Text compared byte by byte, so that ids sort alike everywhere. */
  readonly key: string;
  readonly bytes: string;
  /** Milliseconds since the epoch, and counts that may pass 32 bits. */
  readonly big: string;
  readonly real: string;
  /** A number that the database hands out, growing. */
  readonly serial: string;
}

const SQLITE: ColumnTypes = {
  key: 'TEXT',
  bytes: 'BLOB',
  big: 'INTEGER',
  real: 'REAL',
  serial: 'INTEGER PRIMARY KEY AUTOINCREMENT',
};

const POSTGRES: ColumnTypes = {
  key: 'TEXT COLLATE "C"',
  bytes: 'BYTEA',
  big: 'BIGINT',
  real: 'DOUBLE PRECISION',
  serial: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
};

export function columnTypes(runner: QueryRunner): ColumnTypes {
  return isPostgres(runner) ? POSTGRES : SQLITE;
}

export function isPostgres(runner: QueryRunner): boolean {
  return runner.dataSource.options.type === 'postgres';
}

/** Runs statements one after another. */
export async function runAll(runner: QueryRunner, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await runner.query(statement);
}

/** Drops tables, the last one made first. */
export async function dropTables(runner: QueryRunner, tables: readonly string[]): Promise<void> {
  for (const table of tables.toReversed()) await runner.query(`DROP TABLE ${table}`);
}
