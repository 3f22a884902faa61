export * from './image-tokens.js';
export * from './token-counter.js';
export * from './load-token-counter.js';
export * from './model-overrides.js';
export * from './model-registry.js';
