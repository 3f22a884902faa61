import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Database } from '../../libs/adapters/src/database/database.js';
import { openDatabase } from '../../libs/adapters/src/database/open-database.js';

/** An open database of a test file, and how to throw it away. */
export interface TestDatabase {
  readonly database: Database;
  destroy(): Promise<void>;
}

export interface DatabaseKind {
  readonly name: string;
  /** Why it cannot run here; undefined when it can. */
  readonly missing?: string;
  open(): Promise<TestDatabase>;
}

export const sqliteKind: DatabaseKind = {
  name: 'SQLite',
  async open() {
    const dataDir = mkdtempSync(join(tmpdir(), 'headroom-'));
    const database = await openDatabase({ kind: 'sqlite', dataDir });
    return {
      database,
      destroy: async () => {
        await database.close();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  },
};

/** Starts PGlite with pgvector and gives the pool settings that reach it: one connection that is never given up. */
export async function startPglite(): Promise<{
  readonly pool: pg.PoolConfig;
  readonly close: () => Promise<void>;
}> {
  const pglite = await PGlite.create({ extensions: { vector } });
  const pool = Object.assign(createPgConfig(pglite), {
    max: 1,
    idleTimeoutMillis: 0,
  }) as unknown as pg.PoolConfig;
  return { pool, close: () => pglite.close() };
}

export const pgliteKind: DatabaseKind = {
  name: 'PGlite with pgvector',
  async open() {
    const { pool, close } = await startPglite();
    const database = await openDatabase({ kind: 'postgres', pool });
    return {
      database,
      destroy: async () => {
        await database.close();
        await close();
      },
    };
  },
};

const postgresUrl = process.env.TEST_POSTGRES_URL;

/** A fresh database of its own on the server under test. */
export async function createPostgresDatabase(): Promise<{
  readonly url: string;
  readonly drop: () => Promise<void>;
}> {
  const server = postgresUrl ?? '';
  const name = `headroom_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export const postgresKind: DatabaseKind = {
  name: 'PostgreSQL',
  ...(postgresUrl === undefined
    ? { missing: 'set TEST_POSTGRES_URL=postgres://user:password@host:port/postgres to run it' }
    : {}),
  async open() {
    const { url, drop } = await createPostgresDatabase();
    const database = await openDatabase({ kind: 'postgres', url });
    return {
      database,
      destroy: async () => {
        await database.close();
        await drop();
      },
    };
  },
};

export const DATABASE_KINDS: readonly DatabaseKind[] = [sqliteKind, pgliteKind, postgresKind];

/**
 * Runs a suite once per kind of database, each opened once per test file; what is missing is skipped and says how to
 * run it. Tests of one file keep apart by tenant: see {@link newTenant}.
 */
export function describeOnDatabases(
  suite: string,
  tests: (database: () => Database) => void,
  kinds: readonly DatabaseKind[] = DATABASE_KINDS,
): void {
  for (const kind of kinds) {
    const reason = kind.missing;
    if (reason !== undefined) {
      describe.skip(`${suite} on ${kind.name} (${reason})`, () => {
        tests(() => {
          throw new Error(reason);
        });
      });
      continue;
    }
    describe(`${suite} on ${kind.name}`, () => {
      let opened: TestDatabase | undefined;
      beforeAll(async () => {
        opened = await kind.open();
      });
      afterAll(async () => {
        await opened?.destroy();
      });
      tests(() => {
        if (opened === undefined) throw new Error(`${kind.name} did not open.`);
        return opened.database;
      });
    });
  }
}

let tenants = 0;

/** A tenant that no other test uses. */
export function newTenant(): string {
  return `tenant-${process.pid}-${++tenants}`;
}
