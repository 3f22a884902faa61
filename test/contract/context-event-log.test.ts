import { describe } from 'vitest';
import {
  InMemoryContextEventLog,
  InMemorySharedContextStore,
  SqlContextEventLog,
  SqlSharedContextStore,
} from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { contextEventLogContract } from './context-event-log.contract.js';

describe('ContextEventLog in memory', () => {
  contextEventLogContract((clock) => {
    const log = new InMemoryContextEventLog();
    return Promise.resolve({ log, store: new InMemorySharedContextStore(clock, log) });
  });
});

describeOnDatabases('ContextEventLog', (database) => {
  contextEventLogContract(async (clock) => {
    await emptyTables(database(), ['shared_context_entries', 'shared_context_events', 'shared_context_logs']);
    return {
      log: new SqlContextEventLog(database()),
      store: new SqlSharedContextStore(database(), clock),
    };
  });
});
