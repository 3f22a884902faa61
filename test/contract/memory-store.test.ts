import { describe } from 'vitest';
import { InMemoryMemoryStore, SqlMemoryStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { memoryStoreContract } from './memory-store.contract.js';

describe('MemoryStore in memory', () => {
  memoryStoreContract(() => Promise.resolve(new InMemoryMemoryStore()));
});

describeOnDatabases('MemoryStore', (database) => {
  memoryStoreContract((clock) => Promise.resolve(new SqlMemoryStore(database(), clock)));
});
