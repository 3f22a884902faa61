import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeadroomError } from '#libs/kernel';
import SqliteConnection from 'better-sqlite3';

/** How long to wait for a server that is just stopping, in milliseconds. */
const PATIENCE_MS = 250;

/**
 * Holds a data folder for this process alone. The hold is an exclusive transaction kept open on a file of its own: the
 * operating system drops it when the process dies, however it dies, so no stale lock can remain.
 */
export class FolderLock {
  private constructor(private readonly connection: SqliteConnection.Database) {}

  /** @throws HeadroomError `configuration_error` when another process holds the folder. */
  static take(dataDir: string): FolderLock {
    mkdirSync(dataDir, { recursive: true });
    const pidFile = join(dataDir, 'lock.pid');
    const connection = new SqliteConnection(join(dataDir, 'lock.db'), { timeout: PATIENCE_MS });
    try {
      connection.exec('BEGIN EXCLUSIVE');
      writeFileSync(pidFile, `${process.pid}\n`);
      return new FolderLock(connection);
    } catch (error) {
      connection.close();
      if (error instanceof SqliteConnection.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
        throw heldBy(readPid(pidFile), dataDir, error);
      }
      throw error;
    }
  }

  release(): void {
    this.connection.close();
  }
}

function readPid(pidFile: string): string | undefined {
  try {
    return readFileSync(pidFile, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function heldBy(pid: string | undefined, dataDir: string, cause: unknown): HeadroomError {
  const holder = pid === undefined ? 'another process' : `process ${pid}`;
  return new HeadroomError(
    'configuration_error',
    `The data folder ${dataDir} is in use by ${holder}. Stop that server, or set HEADROOM_DATA_DIR to another folder.`,
    { data_dir: dataDir, ...(pid === undefined ? {} : { pid: Number(pid) }) },
    { cause },
  );
}
