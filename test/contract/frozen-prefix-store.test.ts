import { describe } from 'vitest';
import {
  InMemoryConversationStore,
  InMemoryFrozenPrefixStore,
  SqlConversationStore,
  SqlFrozenPrefixStore,
} from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { frozenPrefixStoreContract } from './frozen-prefix-store.contract.js';

describe('FrozenPrefixStore in memory', () => {
  frozenPrefixStoreContract(() => {
    const conversations = new InMemoryConversationStore();
    return Promise.resolve({ conversations, prefixes: new InMemoryFrozenPrefixStore(conversations) });
  });
});

describeOnDatabases('FrozenPrefixStore', (database) => {
  frozenPrefixStoreContract(async () => {
    await emptyTables(database(), ['messages', 'conversations']);
    return {
      conversations: new SqlConversationStore(database()),
      prefixes: new SqlFrozenPrefixStore(database()),
    };
  });
});
