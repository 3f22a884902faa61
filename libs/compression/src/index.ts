export * from './compression-config.js';
export * from './compression-runner.js';
export * from './compress-messages.js';
export * from './compressor.js';
export * from './contract.js';
