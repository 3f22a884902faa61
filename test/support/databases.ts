import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Database } from '../../libs/adapters/src/database/database.js';
import { openDatabase } from '../../libs/adapters/src/database/open-database.js';
import { startPglite } from './pglite.js';
import { createPostgresDatabase } from './postgres.js';
import { addressOf } from './services.js';

/** An open database of a test file, and how to throw it away. */
export interface TestDatabase {
  readonly database: Database;
  destroy(): Promise<void>;
}

export interface DatabaseKind {
  readonly name: string;
  /** True where it cannot run; the run has been told how it can. */
  readonly isMissing?: boolean;
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

export const postgresKind: DatabaseKind = {
  name: 'PostgreSQL',
  get isMissing() {
    return addressOf('PostgreSQL') === undefined;
  },
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
 * Runs a suite once per kind of database, each opened once per test file; what is missing is skipped. Tests of one file keep apart by tenant: see {@link newTenant}.
 */
export function describeOnDatabases(
  suite: string,
  tests: (database: () => Database) => void,
  kinds: readonly DatabaseKind[] = DATABASE_KINDS,
): void {
  for (const kind of kinds) {
    describe.skipIf(kind.isMissing)(`${suite} on ${kind.name}`, () => {
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
