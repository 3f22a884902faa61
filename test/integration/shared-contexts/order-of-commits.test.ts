import { expect, it } from 'vitest';
import { SqlContextEventLog } from '#libs/adapters';
import type { ContextChange } from '#libs/shared-context';
import { appendEvents } from '../../../libs/adapters/src/database/shared-contexts/events/append-events.js';
import { aCaller } from '../../support/callers.js';
import { describeOnDatabases, newTenant, postgresKind } from '../../support/databases.js';

const put = (key: string): ContextChange => ({ type: 'entry.put', key, version: 1, at: new Date() });

describeOnDatabases(
  'a unit that told of a change and takes long to commit',
  (database) => {
    it('holds back whoever comes later, so that no reader reads past its event', async () => {
      const caller = aCaller({ tenantId: newTenant() });
      const { unitOfWork } = database();
      const log = new SqlContextEventLog(database());
      const keysAfter = async (position: number) => {
        const { events, next } = await log.read(caller, 'release', position, 10);
        return { keys: events.map(({ key }) => key), next };
      };
      await unitOfWork.run(caller, (unit) => appendEvents(unit, 'release', [put('first')]));
      const { next: start } = await keysAfter(0);

      let commit = (): void => undefined;
      const mayCommit = new Promise<void>((resolve) => (commit = resolve));
      let hasTold = (): void => undefined;
      const told = new Promise<void>((resolve) => (hasTold = resolve));
      const slow = unitOfWork.run(caller, async (unit) => {
        await appendEvents(unit, 'release', [put('slow')]);
        hasTold();
        await mayCommit;
      });
      await told;
      let isQuickDone = false;
      const quick = unitOfWork
        .run(caller, (unit) => appendEvents(unit, 'release', [put('quick')]))
        .then(() => (isQuickDone = true));
      // Another context waits for nobody.
      await unitOfWork.run(caller, (unit) => appendEvents(unit, 'another', [put('elsewhere')]));
      const during = await keysAfter(start);
      expect(during).toEqual({ keys: [], next: start });
      expect(isQuickDone).toBe(false);
      commit();
      await Promise.all([slow, quick]);
      expect((await keysAfter(during.next)).keys).toEqual(['slow', 'quick']);
    });
  },
  [postgresKind],
);
