export * from './model/memory.js';
export * from './ports/embedder.js';
export * from './ports/memory-store.js';
export * from './search/filter.js';
