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
import type { Clock } from '#libs/kernel';
import type { HandoffStores } from '../support/handoff-room.js';
import { handoffRepetitionContract } from './handoff-repetition.contract.js';
import { handoffStoreContract } from './handoff-store.contract.js';

function everyContract(open: (clock: Clock) => Promise<HandoffStores>): void {
  handoffStoreContract(open);
  handoffRepetitionContract(open);
}

describe('HandoffStore in memory', () => {
  everyContract((clock) => {
    const log = new InMemoryContextEventLog();
    const originals = new InMemoryOriginalStore(clock, A_RETENTION);
    const contexts = new InMemorySharedContextStore(clock, log);
    const handoffs = new InMemoryHandoffStore(contexts, originals, log);
    return Promise.resolve({ handoffs, contexts, originals, log });
  });
});

describeOnDatabases('HandoffStore', (database) => {
  everyContract(async (clock) => {
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
