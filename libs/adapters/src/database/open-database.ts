import type { Database } from './database.js';
import { openPostgres } from './dialects/postgres/open-postgres.js';
import type { PostgresOptions } from './dialects/postgres/open-postgres.js';
import { openSqlite } from './dialects/sqlite/open-sqlite.js';
import type { SqliteOptions } from './dialects/sqlite/open-sqlite.js';

export type DatabaseOptions = SqliteOptions | PostgresOptions;

/**
 * Opens the store and runs pending migrations, unless they are only required.
 * @throws HeadroomError `configuration_error` when another process holds the folder, migrations that are required are
 * pending, or the PostgreSQL login cannot be bound by row-level security; `storage_error` when the file, the folder or the server is at fault.
 */
export function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.kind === 'sqlite' ? openSqlite(options) : openPostgres(options);
}
