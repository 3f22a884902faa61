export { jsonChanges, rewriteJson } from './rewrite-json.js';
export * from './spans.js';
export * from './tree.js';
