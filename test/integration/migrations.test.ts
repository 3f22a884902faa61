import { expect, it } from 'vitest';
import { describeOnDatabases } from '../support/databases.js';

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
