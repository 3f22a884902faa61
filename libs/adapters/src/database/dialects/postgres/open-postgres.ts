import { HeadroomError } from '#libs/kernel';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { QueryRunner } from 'typeorm';
import { ExactVectorSearch } from '../../../vector/exact/exact-vector-search.js';
import { HnswVectorSearch } from '../../../vector/hnsw/hnsw-vector-search.js';
import { PgvectorIndexes } from '../../../vector/pgvector/pgvector-indexes.js';
import { PgvectorSearch } from '../../../vector/pgvector/pgvector-search.js';
import type { VectorSearch } from '../../../vector/vector-search.js';
import { Database } from '../../database.js';
import type { DatabaseDescription } from '../../database.js';
import { entities } from '../../entities/entities.js';
import { asFault } from '../../faults.js';
import { bringUpToDate, migrations, MIGRATIONS_TABLE } from '../../migrations.js';
import type { MigrationMode } from '../../migrations.js';
import { timed, type UnitObserver } from '../../timed-unit-of-work.js';
import type { UnitOfWork } from '../../unit-of-work.js';
import { GatheringSocket } from './gathering-socket.js';
import { PostgresUnitOfWork } from './postgres-unit-of-work.js';
import { chooseRoles } from './roles.js';

export interface PostgresOptions {
  readonly kind: 'postgres';
  /** `postgres://user:password@host:port/database`; unset when `pool` says it all. */
  readonly url?: string | undefined;
  /** Where indexes of vectors are kept when PostgreSQL has no pgvector; unset, all vectors are compared. */
  readonly cacheDir?: string | undefined;
  /** Further settings of node-postgres's pool, which win over the defaults. */
  readonly pool?: pg.PoolConfig | undefined;
  /** Default `apply`. */
  readonly migrations?: MigrationMode | undefined;
  readonly onUnit?: UnitObserver | undefined;
}

/** Any number; it only has to be the same in every server on a database. */
const MIGRATION_LOCK = 7_310_533;
const OLDEST_VERSION = 150_000;

/** Opens a PostgreSQL store and brings its tables up to date, one server at a time. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { url, pool } = options;
  const dataSource = new DataSource({
    type: 'postgres',
    ...(url === undefined ? {} : { url }),
    driver: pg,
    applicationName: 'headroom',
    installExtensions: false,
    entities: entities('postgres'),
    migrations,
    migrationsTableName: MIGRATIONS_TABLE,
    extra: { ...poolDefaults(), ...pool },
  });
  try {
    await dataSource.initialize();
    return await prepare(dataSource, options);
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw asFault(error);
  }
}

async function prepare(
  dataSource: DataSource,
  { url, cacheDir, migrations: mode, onUnit }: PostgresOptions,
): Promise<Database> {
  const runner = dataSource.createQueryRunner();
  try {
    await requireVersion(runner);
    await runner.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    try {
      await bringUpToDate(dataSource, runner, mode);
    } finally {
      await runner.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`);
    }
    const units = timed(new PostgresUnitOfWork(dataSource, await chooseRoles(runner)), onUnit);
    const pgvector = await findPgvector(dataSource, runner);
    const vectors = pgvector ?? compareHere(units, cacheDir);
    return new PostgresDatabase(dataSource, units, vectors, locationOf(url));
  } finally {
    await runner.release();
  }
}

class PostgresDatabase extends Database {
  readonly dialect = 'postgres';

  constructor(
    dataSource: DataSource,
    override readonly unitOfWork: UnitOfWork,
    override readonly vectors: VectorSearch,
    private readonly location: string,
  ) {
    super(dataSource);
  }

  override describe(): DatabaseDescription {
    return { dialect: 'postgres', location: this.location };
  }

  override ping(): Promise<void> {
    return this.#ask('SELECT 1');
  }

  override async scrub(): Promise<void> {
    // PostgreSQL reclaims the space of deleted rows by its own vacuum.
  }

  override async persist(): Promise<void> {
    // A commit that has something in the log waits for the disk, and the log is written in order.
    await this.#ask(`SELECT pg_logical_emit_message(true, 'headroom', 'persist')`);
  }

  override async close(): Promise<void> {
    await this.vectors.close();
    await this.dataSource.destroy();
  }

  async #ask(statement: string): Promise<void> {
    try {
      await this.dataSource.query(statement);
    } catch (error) {
      throw asFault(error);
    }
  }
}

async function requireVersion(runner: QueryRunner): Promise<void> {
  const rows = (await runner.query(`SELECT current_setting('server_version_num')::int AS version`)) as {
    version: number;
  }[];
  if ((rows[0]?.version ?? 0) >= OLDEST_VERSION) return;
  throw new HeadroomError('configuration_error', 'This server needs PostgreSQL 15 or newer.');
}

/** Where the vectors have a column of its type. */
async function findPgvector(dataSource: DataSource, runner: QueryRunner): Promise<VectorSearch | undefined> {
  const [extension] = (await runner.query(
    `SELECT extversion AS version FROM pg_extension WHERE extname = 'vector' AND EXISTS (SELECT 1 FROM pg_attribute
      WHERE attrelid = 'memory_vectors'::regclass AND attname = 'embedding' AND NOT attisdropped)`,
  )) as { version: string }[];
  return extension && new PgvectorSearch(new PgvectorIndexes(dataSource, extension.version));
}

function compareHere(units: UnitOfWork, cacheDir: string | undefined): VectorSearch {
  return cacheDir === undefined ? new ExactVectorSearch() : new HnswVectorSearch(units, { folder: cacheDir });
}

function poolDefaults(): pg.PoolConfig {
  return {
    max: 10,
    connectionTimeoutMillis: 10_000,
    types: int8AsNumber(),
    // See `Unit.send`.
    pipeline: true,
    stream: () => new GatheringSocket(),
  };
}

/** 64-bit columns hold instants and counts, all of them exact as numbers; node-postgres gives text by default. */
function int8AsNumber(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
}

function locationOf(url: string | undefined): string {
  if (url === undefined) return 'postgres';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
