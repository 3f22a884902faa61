import { describe } from 'vitest';
import { InMemoryApiKeyStore, SqlApiKeyStore } from '#libs/adapters';
import { sql } from '../../libs/adapters/src/database/sql.js';
import { describeOnDatabases } from '../support/databases.js';
import { apiKeyStoreContract } from './api-key-store.contract.js';

describe('ApiKeyStore in memory', () => {
  apiKeyStoreContract(() => Promise.resolve(new InMemoryApiKeyStore()));
});

describeOnDatabases('ApiKeyStore', (database) => {
  apiKeyStoreContract(async () => {
    await database().unitOfWork.access((unit) => unit.run(sql`DELETE FROM api_keys`));
    return new SqlApiKeyStore(database());
  });
});
