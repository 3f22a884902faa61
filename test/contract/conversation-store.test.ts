import { describe } from 'vitest';
import type { ConversationStore } from '#libs/conversation';
import { InMemoryConversationStore, SqlConversationStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { conversationAppendContract } from './conversation-append.contract.js';
import { conversationForkContract } from './conversation-fork.contract.js';
import { conversationStoreContract } from './conversation-store.contract.js';

describe('ConversationStore in memory', () => {
  everyContract(() => Promise.resolve(new InMemoryConversationStore()));
});

describeOnDatabases('ConversationStore', (database) => {
  everyContract(async () => {
    await emptyTables(database(), ['messages', 'conversations']);
    return new SqlConversationStore(database());
  });
});

function everyContract(open: () => Promise<ConversationStore>): void {
  conversationStoreContract(open);
  conversationAppendContract(open);
  conversationForkContract(open);
}
