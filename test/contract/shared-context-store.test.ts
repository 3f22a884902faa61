import { describe } from 'vitest';
import { InMemorySharedContextStore, SqlSharedContextStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { sharedContextStoreContract } from './shared-context-store.contract.js';

describe('SharedContextStore in memory', () => {
  sharedContextStoreContract((clock) => Promise.resolve(new InMemorySharedContextStore(clock)));
});

describeOnDatabases('SharedContextStore', (database) => {
  sharedContextStoreContract(async (clock) => {
    await emptyTables(database(), ['shared_context_entries', 'shared_context_configs']);
    return new SqlSharedContextStore(database(), clock);
  });
});
