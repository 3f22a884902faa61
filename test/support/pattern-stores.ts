export { InMemoryPatternStore } from '../../libs/adapters/src/in-memory/in-memory-pattern-store.js';
