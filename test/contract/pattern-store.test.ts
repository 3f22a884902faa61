import { describe } from 'vitest';
import { InMemoryPatternStore, SqlPatternStore } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { FakeClock } from '../support/fake-clock.js';
import { patternStoreContract } from './pattern-store.contract.js';

describe('PatternStore in memory', () => {
  patternStoreContract(() => {
    const clock = new FakeClock();
    return Promise.resolve({ store: new InMemoryPatternStore(clock), clock });
  });
});

describeOnDatabases('PatternStore', (database) => {
  patternStoreContract(async () => {
    await emptyTables(database(), ['learned_patterns', 'learned_snapshots']);
    const clock = new FakeClock();
    return { store: new SqlPatternStore(database(), clock), clock };
  });
});
