export * from './caller.js';
export * from './errors.js';
export * from './json.js';
export * from './message.js';
export * from './page.js';
export * from './ports.js';
export * from './scope.js';
