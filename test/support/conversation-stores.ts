export { InMemoryConversationStore } from '../../libs/adapters/src/in-memory/in-memory-conversation-store.js';
export { InMemoryFrozenPrefixStore } from '../../libs/adapters/src/in-memory/in-memory-frozen-prefix-store.js';
