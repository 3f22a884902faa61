import { describe } from 'vitest';
import {
  InMemoryApiKeyStore,
  InMemoryConversationStore,
  InMemoryFrozenPrefixStore,
  InMemoryHiddenCallStore,
  InMemoryHandoffStore,
  InMemoryIdempotencyStore,
  InMemoryMemoryStore,
  InMemoryOriginalStore,
  InMemorySessionPins,
  InMemorySharedContextStore,
  InMemoryUsageStore,
  InMemoryUserErasure,
} from '#libs/adapters';
import { sql } from '../../libs/adapters/src/database/sql.js';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { sqlStores } from '../support/sql-stores.js';
import { userErasureContract } from './user-erasure.contract.js';

const RETENTION = { ttlSeconds: 86_400, maxEntries: 1_000 };

describe('UserErasure in memory', () => {
  userErasureContract((clock) => {
    const originals = new InMemoryOriginalStore(clock, RETENTION);
    const sharedContexts = new InMemorySharedContextStore(clock);
    const stores = {
      memories: new InMemoryMemoryStore(),
      originals,
      sharedContexts,
      handoffs: new InMemoryHandoffStore(sharedContexts, originals),
      conversations: new InMemoryConversationStore(),
      usage: new InMemoryUsageStore(),
      idempotency: new InMemoryIdempotencyStore(clock),
      sessions: new InMemorySessionPins(clock, RETENTION),
      hidden: new InMemoryHiddenCallStore(clock, RETENTION),
      keys: new InMemoryApiKeyStore(),
    };
    return Promise.resolve({
      ...stores,
      // What it keeps goes out of reach with its conversation.
      prefixes: new InMemoryFrozenPrefixStore(stores.conversations),
      erasure: new InMemoryUserErasure(Object.values(stores)),
    });
  });
});

describeOnDatabases('UserErasure', (database) => {
  userErasureContract(async (clock) => {
    await emptyTables(database(), [
      'memories',
      'memory_terms',
      'memory_term_totals',
      'memory_vectors',
      'memory_vector_totals',
      'handoffs',
      'originals',
      'retrieval_events',
      'shared_context_entries',
      'shared_context_events',
      'shared_context_logs',
      'messages',
      'conversations',
      'requests',
      'savings',
      'idempotency_keys',
      'session_pins',
      'hidden_calls',
    ]);
    await database().unitOfWork.access((unit) => unit.run(sql`DELETE FROM api_keys`));
    return sqlStores(database(), clock);
  });
});
