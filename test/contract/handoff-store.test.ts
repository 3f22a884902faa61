import { describe } from 'vitest';
import {
  InMemoryContextEventLog,
  InMemoryHandoffStore,
  InMemoryOriginalStore,
  InMemorySharedContextStore,
  SqlContextEventLog,
  SqlHandoffStore,
  SqlOriginalStore,
  SqlSharedContextStore,
} from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { A_RETENTION } from '../support/original-stores.js';
import { handoffStoreContract } from './handoff-store.contract.js';

describe('HandoffStore in memory', () => {
  handoffStoreContract((clock) => {
    const log = new InMemoryContextEventLog();
    const originals = new InMemoryOriginalStore(clock, A_RETENTION);
    const contexts = new InMemorySharedContextStore(clock, log);
    const handoffs = new InMemoryHandoffStore(contexts, originals, log);
    return Promise.resolve({ handoffs, contexts, originals, log });
  });
});

describeOnDatabases('HandoffStore', (database) => {
  handoffStoreContract(async (clock) => {
    await emptyTables(database(), [
      'handoffs',
      'originals',
      'shared_context_entries',
      'shared_context_events',
      'shared_context_logs',
    ]);
    return {
      handoffs: new SqlHandoffStore(database()),
      contexts: new SqlSharedContextStore(database(), clock),
      originals: new SqlOriginalStore(database(), clock, A_RETENTION),
      log: new SqlContextEventLog(database()),
    };
  });
});
