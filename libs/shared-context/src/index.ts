export * from './entry.js';
export * from './shared-context-store.js';
