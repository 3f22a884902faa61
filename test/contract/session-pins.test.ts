import { describe } from 'vitest';
import { InMemorySessionPins, SqlSessionPins } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { sessionPinsContract } from './session-pins.contract.js';

describe('SessionPins in memory', () => {
  sessionPinsContract((clock, retention) => Promise.resolve(new InMemorySessionPins(clock, retention)));
});

describeOnDatabases('SessionPins', (database) => {
  sessionPinsContract(async (clock, retention) => {
    await emptyTables(database(), ['session_pins']);
    return new SqlSessionPins(database(), clock, retention);
  });
});
