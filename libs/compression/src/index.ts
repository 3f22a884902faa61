export * from './compress-messages.js';
export * from './compression-config.js';
export * from './compression-runner.js';
export * from './compressor.js';
export * from './contract.js';
export * from './decode-lossless.js';
export * from './message-cache.js';
export * from './parse-compression-config.js';
export { missingCharacters } from './message-key.js';
