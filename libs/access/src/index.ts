export * from './api-key-store.js';
export * from './api-keys.js';
export * from './operator-jobs.js';
export * from './secret-source.js';
