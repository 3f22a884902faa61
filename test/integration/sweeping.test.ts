import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sweeping } from '../../apps/server/src/ports/sweeping.js';
import { InProcessJobQueue } from '#libs/adapters';
import { PinoLog } from '#libs/platform';
import { aCaller } from '../support/callers.js';
import { sqliteKind, type TestDatabase } from '../support/databases.js';
import { FakeClock } from '../support/fake-clock.js';
import { aMemory } from '../support/memories.js';
import { sqlStores } from '../support/sql-stores.js';

/** Notes what is to be done again and again; the test says when. */
class NotedPeriods extends InProcessJobQueue {
  readonly periods: (readonly [job: string, id: string, seconds: number])[] = [];

  override repeat(name: string, id: string, everyMs: number): void {
    this.periods.push([name, id, everyMs / 1000]);
  }
}

const caller = aCaller();
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

describe('sweeping', () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await sqliteKind.open();
  });
  afterAll(() => opened.destroy());

  function aSweeping(): { queue: NotedPeriods; clock: FakeClock; stores: ReturnType<typeof sqlStores> } {
    const clock = new FakeClock();
    const stores = sqlStores(opened.database, clock);
    const queue = new NotedPeriods({ attempts: 1 });
    const { originals, sessions, hidden, memories, usage } = stores;
    const swept = { originals, sessions, hidden, memories, usage };
    const log = new PinoLog({ level: 'silent' });
    new Sweeping(
      queue,
      {
        ...swept,
        contexts: stores.sharedContexts,
        events: stores.contextEvents,
        handoffs: stores.handoffs,
        replays: stores.idempotency,
      },
      clock,
      log,
    ).start();
    return { queue, clock, stores };
  }

  it('is one job per store, once a minute, and an hour for what adds up', () => {
    expect(aSweeping().queue.periods).toEqual([
      ['sweep', 'originals', 60],
      ['sweep', 'session_pins', 60],
      ['sweep', 'hidden_calls', 60],
      ['sweep', 'memories', 60],
      ['sweep', 'shared_contexts', 60],
      ['sweep', 'shared_context_events', 60],
      ['sweep', 'handoffs', 60],
      ['sweep', 'replays', 60],
      ['sweep', 'requests', 60],
      ['sweep', 'savings', 3_600],
    ]);
  });

  it('clears away what has expired and keeps the rest, however often it runs', async () => {
    const { queue, clock, stores } = aSweeping();
    const expiresAt = new Date(clock.now().getTime() + 1_000);
    await stores.memories.insert(caller, aMemory(clock, { id: 'mem_brief', expiresAt }), 'supersede');
    await stores.memories.insert(caller, aMemory(clock, { id: 'mem_lasting' }), 'supersede');
    clock.advanceSeconds(8 * DAY_SECONDS);
    for (let i = 0; i < 2; i++) {
      await queue.enqueue('sweep', {}, { id: 'memories' });
      await queue.drain();
    }
    expect(await stores.memories.find(caller, 'mem_brief')).toBeNull();
    expect(await stores.memories.find(caller, 'mem_lasting')).not.toBeNull();
    expect(await queue.failed()).toEqual([]);
  });

  it('goes on with the other stores when one is at fault, and says which', async () => {
    const { queue, clock, stores } = aSweeping();
    stores.originals.sweep = () => Promise.reject(new Error('the disk is full'));
    const record = {
      operation: 'compress',
      mode: 'optimize',
      tokensBefore: 100,
      tokensAfter: 40,
      outputTokens: 0,
      savedUsd: 0,
      costUsd: 0,
      overheadMs: 1,
      latencyMs: 1,
      transforms: [],
      failed: false,
    };
    await stores.usage.record(caller, [{ ...record, id: 'req_1', at: clock.now() }]);
    clock.advanceSeconds(91 * DAY_SECONDS);
    for (const id of ['originals', 'requests', 'savings']) await queue.enqueue('sweep', {}, { id });
    await queue.drain();
    expect(await queue.failed()).toMatchObject([
      { address: 'sweep:originals', error: 'the disk is full', attempts: 1 },
    ]);
    expect(await stores.usage.recent(caller, 10)).toEqual([]);
    expect((await stores.usage.lifetime(caller)).requests).toBe(1);
    const [hour] = await stores.usage.series(caller, 'hourly', 10);
    expect(hour?.start.getUTCHours()).toBe(0);
  });

  it('leaves alone what a server of another version has announced', async () => {
    const { queue } = aSweeping();
    await queue.enqueue('sweep', {}, { id: 'something of the future' });
    await queue.drain();
    expect(await queue.failed()).toEqual([]);
  });
});
