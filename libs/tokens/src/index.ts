export * from './token-counter.js';
export * from './load-token-counter.js';
export * from './model-registry.js';
