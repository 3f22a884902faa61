import { InMemoryOriginalStore } from '../../libs/adapters/src/in-memory/in-memory-original-store.js';
import { FakeClock } from './fake-clock.js';

export const A_RETENTION = { ttlSeconds: 3_600, maxEntries: 10_000 } as const;

/** An empty store of originals in memory, with the clock that it reads. */
export function anOriginalStore(): { store: InMemoryOriginalStore; clock: FakeClock } {
  const clock = new FakeClock();
  return { store: new InMemoryOriginalStore(clock, A_RETENTION), clock };
}
