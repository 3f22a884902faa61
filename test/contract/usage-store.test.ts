import { describe } from 'vitest';
import { InMemoryUsageStore, SqlUsageStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { usageStoreContract } from './usage-store.contract.js';

describe('UsageStore in memory', () => {
  usageStoreContract(() => Promise.resolve(new InMemoryUsageStore()));
});

describeOnDatabases('UsageStore', (database) => {
  usageStoreContract(async () => {
    await emptyTables(database(), ['requests', 'savings']);
    return new SqlUsageStore(database());
  });
});
