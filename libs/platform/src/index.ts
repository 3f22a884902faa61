export * from './environment.js';
export * from './log.js';
export * from './metrics/metrics.js';
export * from './request-context.js';
export * from './shutdown-phases.js';
export * from './system-clock.js';
export * from './uuid-v7-ids.js';
