export * from './context-window.js';
export * from './contract.js';
