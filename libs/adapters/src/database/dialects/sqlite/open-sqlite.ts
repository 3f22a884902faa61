import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type SqliteConnection from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { Database } from '../../database.js';
import type { DatabaseDescription } from '../../database.js';
import { entities } from '../../entities/entities.js';
import { asFault } from '../../faults.js';
import { bringUpToDate, migrations, MIGRATIONS_TABLE } from '../../migrations.js';
import type { MigrationMode } from '../../migrations.js';
import { HnswVectorSearch } from '../../../vector/hnsw/hnsw-vector-search.js';
import type { VectorSearch } from '../../../vector/vector-search.js';
import { FolderLock } from './folder-lock.js';
import { timed, type UnitObserver } from '../../timed-unit-of-work.js';
import type { UnitOfWork } from '../../unit-of-work.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';

export interface SqliteOptions {
  readonly kind: 'sqlite';
  /** The folder of the embedded store; it is made when missing. */
  readonly dataDir: string;
  /** Default `apply`. */
  readonly migrations?: MigrationMode | undefined;
  readonly onUnit?: UnitObserver | undefined;
}

export const SQLITE_FILE = 'headroom.db';
const VECTORS_FOLDER = 'vectors';

/** Opens the embedded store and brings its tables up to date. */
export async function openSqlite({ dataDir, migrations: mode, onUnit }: SqliteOptions): Promise<Database> {
  let lock: FolderLock | undefined;
  try {
    mkdirSync(dataDir, { recursive: true });
    lock = FolderLock.take(dataDir);
    const file = join(dataDir, SQLITE_FILE);
    const dataSource = await new DataSource({
      type: 'better-sqlite3',
      database: file,
      entities: entities('sqlite'),
      migrations,
      migrationsTableName: MIGRATIONS_TABLE,
      statementCacheSize: 500,
      prepareDatabase,
    }).initialize();
    const runner = dataSource.createQueryRunner();
    await bringUpToDate(dataSource, runner, mode);
    return new SqliteDatabase(dataSource, file, new SqliteUnitOfWork(runner), lock, onUnit);
  } catch (error) {
    lock?.release();
    throw asFault(error);
  }
}

function prepareDatabase(connection: SqliteConnection.Database): void {
  connection.pragma('journal_mode = WAL');
  // The bundled SQLite defaults to NORMAL under WAL, which can lose acknowledged writes on power loss.
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('busy_timeout = 5000');
  connection.pragma('cache_size = -32000');
  connection.pragma('mmap_size = 268435456');
  connection.pragma('temp_store = MEMORY');
  // What was erased is overwritten with zeros, so that a scan of the file finds nothing of it.
  connection.pragma('secure_delete = ON');
}

class SqliteDatabase extends Database {
  readonly dialect = 'sqlite';
  readonly unitOfWork: UnitOfWork;
  readonly vectors: VectorSearch;

  constructor(
    dataSource: DataSource,
    private readonly file: string,
    private readonly units: SqliteUnitOfWork,
    private readonly lock: FolderLock,
    onUnit: UnitObserver | undefined,
  ) {
    super(dataSource);
    this.unitOfWork = timed(units, onUnit);
    this.vectors = new HnswVectorSearch(this.unitOfWork, { folder: join(dirname(file), VECTORS_FOLDER) });
  }

  override describe(): DatabaseDescription {
    return { dialect: 'sqlite', location: this.file };
  }

  override ping(): Promise<void> {
    return this.units.outside(async () => {
      await this.dataSource.query('SELECT count(*) FROM tenants');
    });
  }

  override scrub(): Promise<void> {
    return this.units.outside(async () => {
      await this.dataSource.query('PRAGMA wal_checkpoint(TRUNCATE)');
    });
  }

  override persist(): Promise<void> {
    // A checkpoint brings the write-ahead log to disk before it copies anything.
    return this.units.outside(async () => {
      await this.dataSource.query('PRAGMA wal_checkpoint(PASSIVE)');
    });
  }

  override async close(): Promise<void> {
    await this.vectors.close();
    await this.units.stop();
    await this.dataSource.destroy();
    this.lock.release();
  }
}
