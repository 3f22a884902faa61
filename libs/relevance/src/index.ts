export * from './analyse.js';
export * from './bm25.js';
