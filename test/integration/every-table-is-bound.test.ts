import { beforeAll, expect, it } from 'vitest';
import { SqlPatternStore, type Database } from '#libs/adapters';
import { TENANT_ROLE } from '../../libs/adapters/src/database/dialects/postgres/roles.js';
import { leaveTraces } from '../contract/user-erasure.contract.js';
import { aCaller } from '../support/callers.js';
import { describeOnDatabases, newTenant, pgliteKind, postgresKind } from '../support/databases.js';
import { FakeClock } from '../support/fake-clock.js';
import { anOutput } from '../support/observations.js';
import { sqlStores } from '../support/sql-stores.js';

/** Asked before a tenant is known; the role of a tenant at work does not reach it at all. */
const OUT_OF_REACH = ['api_keys'];
const REFUSED = { driverError: { code: '42501' } };

interface Column {
  readonly table_name: string;
  readonly column_name: string;
}

/** Runs statements as the server does: in a transaction, under its role, for a tenant or for none. All is undone. */
async function underTheRole<T>(
  { dataSource }: Database,
  tenant: string | null,
  work: (
    run: (text: string) => Promise<{ readonly affected?: number; readonly records: unknown[] }>,
  ) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`BEGIN; SET LOCAL ROLE ${TENANT_ROLE}`);
    if (tenant !== null) await runner.query(`SELECT set_config('headroom.tenant_id', $1, true)`, [tenant]);
    return await work((text) => runner.query(text, [], true));
  } finally {
    await runner.query('ROLLBACK');
    await runner.release();
  }
}

describeOnDatabases(
  'row-level security of every table',
  (database) => {
    const mine = newTenant();
    const theirs = newTenant();
    const tables = new Map<string, string[]>();

    beforeAll(async () => {
      for (const tenantId of [mine, theirs]) {
        const [clock, caller] = [new FakeClock(), aCaller({ tenantId })];
        const stores = sqlStores(database(), clock);
        await leaveTraces(stores, clock, 'ann', 'needle', tenantId);
        await stores.sharedContexts.saveConfig(caller, 'context', { ttlSeconds: 60, maxEntries: 5 });
        const patterns = new SqlPatternStore(database(), clock);
        await patterns.learn(caller, [anOutput()]);
        await patterns.learnedHere(caller, 'src_1');
      }
      const columns: Column[] = await database().dataSource.query(
        `SELECT c.table_name, c.column_name FROM information_schema.columns c
          WHERE c.table_schema = current_schema() AND c.is_identity = 'NO' AND c.is_generated = 'NEVER'
            AND EXISTS (SELECT 1 FROM information_schema.columns t WHERE t.table_schema = c.table_schema
              AND t.table_name = c.table_name AND t.column_name = 'tenant_id')`,
      );
      for (const { table_name: table, column_name: column } of columns) {
        tables.set(table, [...(tables.get(table) ?? []), column]);
      }
    });

    const each = async (
      check: (table: string, columns: readonly string[]) => Promise<void>,
    ): Promise<void> => {
      expect(tables.size).toBeGreaterThan(10);
      for (const [table, columns] of tables) {
        if (!OUT_OF_REACH.includes(table)) await check(table, columns);
      }
    };
    /** A copy of one of the own rows, in the name of another tenant. */
    const forged = (table: string, columns: readonly string[]): string => {
      const values = columns.map((column) => (column === 'tenant_id' ? `'${theirs}'` : column));
      return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${table} LIMIT 1`;
    };

    it('both tenants have rows in each, so that there is something to see', async () => {
      await each(async (table) => {
        const rows: { tenant_id: string }[] = await database().dataSource.query(
          `SELECT DISTINCT tenant_id FROM ${table} ORDER BY tenant_id`,
        );
        expect(
          rows.map((row) => row.tenant_id),
          table,
        ).toEqual([mine, theirs].toSorted());
      });
    });

    it('shows, changes and deletes the rows of its tenant alone', async () => {
      await each(async (table) => {
        const { seen, changed, deleted } = await underTheRole(database(), mine, async (run) => ({
          seen: (await run(`SELECT DISTINCT tenant_id FROM ${table}`)).records,
          changed: (await run(`UPDATE ${table} SET tenant_id = tenant_id WHERE tenant_id <> '${mine}'`))
            .affected,
          deleted: (await run(`DELETE FROM ${table} WHERE tenant_id <> '${mine}'`)).affected,
        }));
        expect({ seen, changed, deleted }, table).toEqual({
          seen: [{ tenant_id: mine }],
          changed: 0,
          deleted: 0,
        });
      });
    });

    it('takes no row in the name of another tenant and hands none over', async () => {
      await each(async (table, columns) => {
        for (const statement of [forged(table, columns), `UPDATE ${table} SET tenant_id = '${theirs}'`]) {
          const forging = underTheRole(database(), mine, (run) => run(statement));
          await expect(forging, statement).rejects.toMatchObject(REFUSED);
        }
      });
    });

    it('shows, changes, deletes and takes nothing where no tenant is named', async () => {
      await each(async (table, columns) => {
        const { seen, changed, deleted } = await underTheRole(database(), null, async (run) => ({
          seen: (await run(`SELECT tenant_id FROM ${table}`)).records,
          changed: (await run(`UPDATE ${table} SET tenant_id = tenant_id`)).affected,
          deleted: (await run(`DELETE FROM ${table}`)).affected,
        }));
        expect({ seen, changed, deleted }, table).toEqual({ seen: [], changed: 0, deleted: 0 });
        const columnsOf = columns.map((column) => (column === 'tenant_id' ? `'${mine}'` : `NULL`));
        const adding = underTheRole(database(), null, (run) =>
          run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columnsOf.join(', ')})`),
        );
        await expect(adding, table).rejects.toMatchObject(REFUSED);
      });
    });

    it('keeps keys out of the reach of a tenant at work, whatever it wants with them', async () => {
      for (const table of OUT_OF_REACH) {
        expect(tables.has(table)).toBe(true);
        for (const statement of [
          `SELECT * FROM ${table}`,
          `INSERT INTO ${table} (tenant_id) VALUES ('${mine}')`,
          `UPDATE ${table} SET tenant_id = tenant_id`,
          `DELETE FROM ${table}`,
        ]) {
          await expect(underTheRole(database(), mine, (run) => run(statement))).rejects.toMatchObject(
            REFUSED,
          );
        }
      }
    });
  },
  [pgliteKind, postgresKind],
);
