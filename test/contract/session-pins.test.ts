import { describe, expect, it } from 'vitest';
import { InMemorySessionPins, InMemoryUserErasure, SqlSessionPins, SqlUserErasure } from '#libs/adapters';
import type { SessionPins } from '#libs/compression';
import type { UserErasure } from '#libs/kernel';
import { aCaller } from '../support/callers.js';
import { describeOnDatabases } from '../support/databases.js';
import { emptyTables } from '../support/empty-tables.js';
import { FakeClock } from '../support/fake-clock.js';
import { sessionPinsContract } from './session-pins.contract.js';

const RETENTION = { ttlSeconds: 60 };

describe('SessionPins in memory', () => {
  sessionPinsContract((clock, retention) => Promise.resolve(new InMemorySessionPins(clock, retention)));

  it('go with their user', async () => {
    const store = new InMemorySessionPins(new FakeClock(), RETENTION);
    await expectErased(store, new InMemoryUserErasure([store]));
  });
});

describeOnDatabases('SessionPins', (database) => {
  sessionPinsContract(async (clock, retention) => {
    await emptyTables(database(), ['session_pins']);
    return new SqlSessionPins(database(), clock, retention);
  });

  it('go with their user', async () => {
    await emptyTables(database(), ['session_pins']);
    const store = new SqlSessionPins(database(), new FakeClock(), RETENTION);
    await expectErased(store, new SqlUserErasure(database(), () => Promise.resolve()));
  });
});

async function expectErased(store: SessionPins, erasure: UserErasure): Promise<void> {
  const caller = aCaller();
  const anns = { userId: 'ann', sessionId: 's' };
  const bobs = { userId: 'bob', sessionId: 's' };
  await store.add(caller, anns, { a: 'x' });
  await store.add(caller, bobs, { a: 'y' });
  await erasure.erase(caller, 'ann');
  expect(await store.find(caller, anns)).toEqual({});
  expect(await store.find(caller, bobs)).toEqual({ a: 'y' });
}
