export { InMemorySharedContextStore } from '../../libs/adapters/src/in-memory/in-memory-shared-context-store.js';
