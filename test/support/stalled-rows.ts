import pg from 'pg';
import { until } from './until.js';

const GATE = 4711;

/** Writes to a table that wait, inside PostgreSQL, until they are let go. */
export interface StalledRows {
  /** Resolves when this many of them wait. */
  waiting(count: number): Promise<void>;
  letGo(): Promise<void>;
}

/** Which writes wait. */
export interface StalledWrites {
  readonly table: string;
  /** Such as `INSERT OR UPDATE OF name`. */
  readonly event: string;
  /** Of the new row. */
  readonly condition?: string;
}

export async function stallRows(databaseUrl: string, writes: readonly StalledWrites[]): Promise<StalledRows> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`SELECT pg_advisory_lock(${GATE})`);
  await client.query(`CREATE OR REPLACE FUNCTION public.wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${GATE}); RETURN NEW; END $$`);
  for (const { table, event, condition = 'true' } of writes) {
    await client.query(`CREATE TRIGGER gate BEFORE ${event} ON ${table} FOR EACH ROW WHEN (${condition})
      EXECUTE FUNCTION public.wait_at_gate()`);
  }
  const countWaiting = async (): Promise<number> => {
    const { rows } = await client.query<{ waiting: number }>(`SELECT count(*)::int AS waiting FROM pg_locks
      WHERE locktype = 'advisory' AND objid = ${GATE} AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    return rows[0]?.waiting ?? 0;
  };
  return {
    waiting: async (count) => {
      await until(countWaiting, (waiting) => waiting === count);
    },
    letGo: async () => {
      // A trigger cannot be dropped from under those who wait in it.
      await client.query(`SELECT pg_advisory_unlock(${GATE})`);
      for (const { table } of writes) await client.query(`DROP TRIGGER gate ON ${table}`);
      await client.end();
    },
  };
}
