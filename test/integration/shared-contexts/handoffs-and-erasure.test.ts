import { expect, it } from 'vitest';
import { aCaller } from '../../support/callers.js';
import { describeOnDatabases, newTenant, postgresKind, sqliteKind } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { anEntry } from '../../support/shared-entries.js';
import { sqlStores } from '../../support/sql-stores.js';

describeOnDatabases(
  'a handoff that is made while its user is erased',
  (database) => {
    it('is refused or erased too, and names nothing of the user afterwards', async () => {
      const clock = new FakeClock();
      const stores = sqlStores(database(), clock);
      const caller = aCaller({ tenantId: newTenant() });
      const expiresAt = new Date(clock.now().getTime() + 60_000);
      for (let round = 0; round < 15; round++) {
        const put = (key: string, more: object) =>
          stores.sharedContexts.put(caller, anEntry(clock, key, more), { kind: 'any' }, 100);
        await put('plan', { userId: 'ann' });
        const outcomes = await Promise.allSettled([
          stores.handoffs.create(caller, {
            id: `hand_${round}`,
            context: 'release',
            from: 'a',
            to: 'b',
            keys: ['plan'],
            createdAt: clock.now(),
            expiresAt,
          }),
          put('report', { derivedFrom: [{ key: 'plan' }] }),
          stores.erasure.erase(caller, 'ann'),
        ]);
        const faults = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
        for (const fault of faults)
          expect(fault).toHaveProperty('code', expect.stringMatching(/^not_found|^valid/));
        const { data } = await stores.handoffs.list(caller, 'release', {}, { limit: 50 }, clock.now());
        expect(data).toEqual([]);
        const report = await stores.sharedContexts.find(caller, 'release', 'report', clock.now());
        if (report.status === 'found') expect(report.entry.derivedFrom).toEqual([]);
        const original = await stores.originals.find(caller, 'a'.repeat(24), 'ann');
        expect(original.status).toBe('unknown');
        await stores.sharedContexts.clear(caller, 'release');
      }
    });
  },
  [sqliteKind, postgresKind],
);
