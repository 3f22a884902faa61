import { describe } from 'vitest';
import { InMemoryIdempotencyStore, SqlIdempotencyStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { idempotencyStoreContract } from './idempotency-store.contract.js';

describe('IdempotencyStore in memory', () => {
  idempotencyStoreContract((clock) => Promise.resolve(new InMemoryIdempotencyStore(clock)));
});

describeOnDatabases('IdempotencyStore', (database) => {
  idempotencyStoreContract(async (clock) => {
    await emptyTables(database(), ['idempotency_keys']);
    return new SqlIdempotencyStore(database(), clock);
  });
});
