export * from './conversation.js';
export * from './conversation-store.js';
