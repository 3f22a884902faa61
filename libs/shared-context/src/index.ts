export * from './entry.js';
export * from './events/context-event.js';
export * from './events/context-event-log.js';
export * from './events/log-span.js';
export * from './put-condition.js';
export * from './shared-context-service.js';
export * from './shared-context-store.js';
