import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { InProcessWakeups, SqlContextEventLog, SqlSharedContextStore, TimerPause } from '#libs/adapters';
import type { Caller } from '#libs/kernel';
import { SystemClock } from '#libs/platform';
import {
  type ContextEvent,
  type ContextEventBatch,
  type ContextEventLog,
  ContextEvents,
  type ContextWakeups,
} from '#libs/shared-context';
import { aCaller, aCallerFor } from '../../support/callers.js';
import { describeOnDatabases, newTenant, postgresKind, sqliteKind } from '../../support/databases.js';
import { anEntry } from '../../support/shared-entries.js';

const clock = new SystemClock();

/** Waits a fiftieth of what it is told, so that nobody waits for seconds where hints get lost. */
class BriefPause extends TimerPause {
  override wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return super.wait(milliseconds / 50, signal);
  }
}

/** A server whose wake-ups never reach it. */
class Deaf extends InProcessWakeups {
  override announce(): void {
    // Lost.
  }
}

describeOnDatabases(
  'those who follow a context',
  (database) => {
    let caller: Caller;
    beforeEach(() => {
      caller = aCaller({ tenantId: newTenant() });
    });
    const servers: ContextEvents[] = [];
    afterEach(() => {
      for (const server of servers.splice(0)) server.close();
    });
    const onFault = vi.fn();
    /** A server's part, on the same store as the others. */
    const aServer = (
      wakeups: ContextWakeups = new InProcessWakeups(),
      quietMs?: number,
      own?: ContextEventLog,
    ) => {
      const store = new SqlSharedContextStore(database(), clock);
      const log = own ?? new SqlContextEventLog(database());
      const parts = { log, store, wakeups, clock, pause: new BriefPause(), onFault };
      const events = new ContextEvents(parts, quietMs);
      servers.push(events);
      const put = async (key: string, userId?: string, by = caller): Promise<void> => {
        await store.put(by, anEntry(clock, key, { userId }), { kind: 'any' }, 1_000);
        wakeups.announce(by.tenantId, 'release');
      };
      return { events, store, log, put };
    };
    const follow = (server: { events: ContextEvents }, after?: number, by = caller) => {
      const gone = new AbortController();
      return { gone, batches: server.events.follow(by, 'release', after, gone.signal) };
    };

    it('see every event once and in order, however they come and go between servers', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            writers: fc.array(
              fc.array(fc.constantFrom('put', 'remove', 'clear'), { minLength: 1, maxLength: 12 }),
              {
                minLength: 1,
                maxLength: 5,
              },
            ),
            visits: fc.array(
              fc.record({ server: fc.nat(1), batches: fc.integer({ min: 1, max: 4 }), spare: fc.nat(3) }),
              {
                minLength: 1,
                maxLength: 8,
              },
            ),
          }),
          async ({ writers, visits }) => {
            caller = aCaller({ tenantId: newTenant() });
            const both = [aServer(), aServer(new Deaf())];
            const log = new SqlContextEventLog(database());
            const begun = follow(both[0]!);
            let position = (await begun.batches.next()).value!.next;
            begun.gone.abort();
            await begun.batches.return();
            const writing = Promise.all(
              writers.map(async (steps, writer) => {
                const { store, put } = both[writer % 2]!;
                for (const step of steps) {
                  if (step === 'put') await put(`of ${writer}`);
                  else if (step === 'remove') await store.remove(caller, 'release', `of ${writer}`);
                  else await store.clear(caller, 'release');
                }
              }),
            );
            const seen: ContextEvent[] = [];
            const visit = async (server: number, batches: number, spare: number): Promise<void> => {
              const { gone, batches: coming } = follow(both[server]!, position);
              for (let i = 0; i < batches; i++) {
                const { events, next, missed } = (await coming.next()).value!;
                expect(missed).toBe(false);
                // The connection breaks before the last of them arrive.
                const arrived = events.slice(0, Math.max(0, events.length - (i === batches - 1 ? spare : 0)));
                seen.push(...arrived);
                position = arrived.length === events.length ? next : (arrived.at(-1)?.position ?? position);
                if (events.length === 0 && i > 0) break;
              }
              gone.abort();
              await coming.return();
            };
            for (const { server, batches, spare } of visits) await visit(server, batches, spare);
            await writing;
            const all = (await log.read(caller, 'release', 0, 1_000)).events;
            while (seen.length < all.length) await visit(0, 3, 0);
            expect(seen).toEqual(all);
          },
        ),
        { numRuns: 25 },
      );
      expect(onFault).not.toHaveBeenCalled();
    });

    it('hear at once of what this server did, and soon of what another did, without any hint', async () => {
      const [mine, deaf] = [aServer(), aServer(new Deaf())];
      const followed = [follow(mine), follow(deaf)];
      for (const { batches } of followed) expect((await batches.next()).value).toMatchObject({ events: [] });
      await mine.put('plan');
      for (const { batches } of followed) {
        expect((await batches.next()).value).toMatchObject({ events: [{ type: 'entry.put', key: 'plan' }] });
      }
    });

    it('are told where they stand when it is quiet, also past what they may not see', async () => {
      const server = aServer(undefined, 2_000);
      const { batches } = follow(server, undefined, aCallerFor(['bob'], { tenantId: caller.tenantId }));
      const begun = (await batches.next()).value!.next;
      await server.put('of ann', 'ann');
      const quiet = (await batches.next()).value!;
      expect(quiet.events).toEqual([]);
      expect(quiet.next).toBeGreaterThan(begun);
      await server.put('of nobody');
      expect((await batches.next()).value).toMatchObject({ events: [{ key: 'of nobody' }] });
    });

    it('read the log once for all of them, as long as they keep up', async () => {
      const log = new SqlContextEventLog(database());
      const reading = vi.spyOn(log, 'read');
      const server = aServer(new InProcessWakeups(), undefined, log);
      const readers = Array.from({ length: 200 }, () => follow(server));
      await Promise.all(readers.map(({ batches }) => batches.next()));
      reading.mockClear();
      const heard = readers.map(({ batches }) => batches.next());
      await server.put('plan');
      for (const batch of await Promise.all(heard)) {
        expect((batch.value as ContextEventBatch).events.map(({ key }) => key)).toEqual(['plan']);
      }
      expect(reading.mock.calls.length).toBeLessThan(20);
    });

    it('may be as slow as they like: what they have not asked for waits in the log', async () => {
      const server = aServer();
      const slow = follow(server);
      await slow.batches.next();
      for (let i = 0; i < 250; i++) await server.put(`key ${i}`);
      const keys: (string | undefined)[] = [];
      while (keys.length < 250) {
        const { events } = (await slow.batches.next()).value!;
        expect(events.length).toBeLessThanOrEqual(100);
        keys.push(...events.map(({ key }) => key));
      }
      expect(keys).toEqual(Array.from({ length: 250 }, (_, i) => `key ${i}`));
    });

    it('hear of an expiry that nobody asked about', async () => {
      const server = aServer();
      const { batches } = follow(server);
      await batches.next();
      const expiresAt = new Date(clock.now().getTime() + 100);
      await server.store.put(caller, anEntry(clock, 'brief', { expiresAt }), { kind: 'any' }, 100);
      const types: string[] = [];
      while (types.length < 2) types.push(...(await batches.next()).value!.events.map(({ type }) => type));
      expect(types).toEqual(['entry.put', 'entry.expired']);
    });

    it('wait while the store is away, and go on', async () => {
      const log = new SqlContextEventLog(database());
      const server = aServer(new InProcessWakeups(), undefined, log);
      const { batches } = follow(server);
      await batches.next();
      const coming = batches.next();
      const broken = vi.spyOn(log, 'read').mockRejectedValue(new Error('The store is away.'));
      await server.put('plan');
      await vi.waitFor(() => {
        expect(onFault).toHaveBeenCalled();
      });
      broken.mockRestore();
      expect((await coming).value).toMatchObject({ events: [{ key: 'plan' }] });
      onFault.mockClear();
    });

    it('end when they go, when the server stops, and do not begin afterwards', async () => {
      const server = aServer();
      const [one, two] = [follow(server), follow(server)];
      await Promise.all([one.batches.next(), two.batches.next()]);
      const [first, second] = [one.batches.next(), two.batches.next()];
      one.gone.abort();
      expect(await first).toEqual({ value: undefined, done: true });
      server.events.close();
      expect(await second).toEqual({ value: undefined, done: true });
      expect((await follow(server).batches.next()).done).toBe(true);
    });
  },
  [sqliteKind, postgresKind],
);
