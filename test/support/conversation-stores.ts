export { InMemoryConversationStore } from '../../libs/adapters/src/in-memory/in-memory-conversation-store.js';
