import { describe } from 'vitest';
import { InMemoryOriginalStore, SqlOriginalStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { originalStoreContract } from './original-store.contract.js';

describe('OriginalStore in memory', () => {
  originalStoreContract((clock, retention) => Promise.resolve(new InMemoryOriginalStore(clock, retention)));
});

describeOnDatabases('OriginalStore', (database) => {
  originalStoreContract(async (clock, retention) => {
    await emptyTables(database(), ['originals', 'retrieval_events']);
    return new SqlOriginalStore(database(), clock, retention);
  });
});
