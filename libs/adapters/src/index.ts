export { Database } from './database/database.js';
export type { DatabaseDescription } from './database/database.js';
export { openDatabase } from './database/open-database.js';
export type { DatabaseOptions } from './database/open-database.js';
