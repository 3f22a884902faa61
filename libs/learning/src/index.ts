export * from './learned-snapshot.js';
export * from './pattern-store.js';
export * from './tool-hints.js';
export * from './tool-learning.js';
