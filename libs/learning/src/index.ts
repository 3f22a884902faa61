export * from './pattern-store.js';
