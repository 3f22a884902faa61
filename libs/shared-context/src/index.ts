export * from './entry.js';
export * from './put-condition.js';
export * from './shared-context-service.js';
export * from './shared-context-store.js';
