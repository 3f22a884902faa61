import { describe } from 'vitest';
import { InMemoryHiddenCallStore, SqlHiddenCallStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { hiddenCallStoreContract } from './hidden-call-store.contract.js';

describe('HiddenCallStore in memory', () => {
  hiddenCallStoreContract((clock, retention) =>
    Promise.resolve(new InMemoryHiddenCallStore(clock, retention)),
  );
});

describeOnDatabases('HiddenCallStore', (database) => {
  hiddenCallStoreContract(async (clock, retention) => {
    await emptyTables(database(), ['hidden_calls']);
    return new SqlHiddenCallStore(database(), clock, retention);
  });
});
