import { expect, it } from 'vitest';
import { SqlPatternStore } from '#libs/adapters';
import { aCaller } from '../support/callers.js';
import { describeOnDatabases, newTenant } from '../support/databases.js';
import { FakeClock } from '../support/fake-clock.js';

describeOnDatabases('migrations', (database) => {
  it('go down and up again, and leave the same tables', async () => {
    const { dataSource, dialect } = database();
    const tables = async () => {
      const rows: { name: string }[] = await dataSource.query(
        dialect === 'sqlite'
          ? `SELECT name FROM sqlite_master WHERE type IN ('table', 'index') ORDER BY name`
          : `SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace ORDER BY relname`,
      );
      return rows.map((row) => row.name);
    };
    const before = await tables();
    expect(before).toContain('memories');
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration({ transaction: 'all' });
    expect(await tables()).not.toContain('memories');
    await dataSource.runMigrations({ transaction: 'all' });
    expect(await tables()).toEqual(before);
  });

  it('keep what was counted of tools before their structures were known', async () => {
    const { dataSource, dialect, unitOfWork } = database();
    const tenantId = newTenant();
    // A tenant is registered by its first writing unit.
    await unitOfWork.run({ tenantId }, () => Promise.resolve());
    const isThere = async () => {
      const rows: unknown[] = await dataSource.query(
        dialect === 'sqlite'
          ? `SELECT name FROM sqlite_master WHERE name = 'tool_patterns'`
          : `SELECT relname FROM pg_class WHERE relname = 'tool_patterns' AND relnamespace = current_schema()::regnamespace`,
      );
      return rows.length > 0;
    };
    while (!(await isThere())) await dataSource.undoLastMigration({ transaction: 'all' });
    const runner = dataSource.createQueryRunner();
    if (dialect === 'postgres')
      await runner.query(`SELECT set_config('headroom.tenant_id', '${tenantId}', false)`);
    await runner.query(
      `INSERT INTO tool_patterns VALUES ('${tenantId}', 'address', 'search', 7, 3, 1, 900, 100)`,
    );
    if (dialect === 'postgres') await runner.query(`RESET headroom.tenant_id`);
    await runner.release();
    await dataSource.runMigrations({ transaction: 'all' });
    const patterns = await new SqlPatternStore(database(), new FakeClock()).list(aCaller({ tenantId }), 10);
    expect(patterns).toMatchObject([
      {
        toolName: 'search',
        compressions: 7,
        retrievals: 3,
        fullRetrievals: 1,
        tokensBefore: 900,
        tokensAfter: 100,
      },
    ]);
  });

  it('make the columns that the entities name', async () => {
    const { dataSource } = database();
    for (const { tableName, columns } of dataSource.entityMetadatas) {
      const names = columns.map((column) => column.databaseName).join(', ');
      await expect(dataSource.query(`SELECT ${names} FROM ${tableName}`), tableName).resolves.toBeInstanceOf(
        Array,
      );
    }
  });
});
