import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type pg from 'pg';

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
