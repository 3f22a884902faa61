export * from './usage-store.js';
export * from './usage-buckets.js';
