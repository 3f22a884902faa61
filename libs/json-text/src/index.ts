export * from './spans.js';
export * from './tree.js';
