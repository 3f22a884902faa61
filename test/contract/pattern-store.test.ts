import { describe } from 'vitest';
import { InMemoryPatternStore, SqlPatternStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { patternStoreContract } from './pattern-store.contract.js';

describe('PatternStore in memory', () => {
  patternStoreContract(() => Promise.resolve(new InMemoryPatternStore()));
});

describeOnDatabases('PatternStore', (database) => {
  patternStoreContract(async () => {
    await emptyTables(database(), ['tool_patterns']);
    return new SqlPatternStore(database());
  });
});
