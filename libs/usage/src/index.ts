export * from './live-usage.js';
export * from './usage-buckets.js';
export * from './usage-recorder.js';
export * from './usage-store.js';
