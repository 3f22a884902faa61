import { describe } from 'vitest';
import { InMemoryConversationStore, SqlConversationStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { conversationStoreContract } from './conversation-store.contract.js';

describe('ConversationStore in memory', () => {
  conversationStoreContract(() => Promise.resolve(new InMemoryConversationStore()));
});

describeOnDatabases('ConversationStore', (database) => {
  conversationStoreContract(async () => {
    await emptyTables(database(), ['messages', 'conversations']);
    return new SqlConversationStore(database());
  });
});
