export * from './contract.js';
export * from './extract/block-stripper.js';
export * from './model/memory.js';
export * from './ports/embedder.js';
export * from './ports/memory-store.js';
export * from './ports/pause.js';
export * from './search/filter.js';
