import { expect, it } from 'vitest';
import { markerHashes } from '#libs/ccr';
import {
  type Database,
  InProcessWakeups,
  SqlHandoffStore,
  SqlOriginalStore,
  TimerPause,
} from '#libs/adapters';
import { ContentCompression, HandoffService, SharedContextService } from '#libs/shared-context';
import { aCaller } from '../../support/callers.js';
import { aCompressor } from '../../support/compressors.js';
import { CountingIds } from '../../support/counting-ids.js';
import { describeOnDatabases, newTenant } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { sqlStores } from '../../support/sql-stores.js';
import { A_RETENTION } from '../../support/original-stores.js';
import type { Unit, UnitOfWork } from '../../../libs/adapters/src/database/unit-of-work.js';

const rows = Array.from({ length: 200 }, (_, id) => ({ id, host: `web-${id}`, status: 'ok' }));
const conversation = JSON.stringify([
  { role: 'user', content: 'List the hosts' },
  { role: 'tool', tool_call_id: 'c', content: JSON.stringify(rows) },
]);

/** The database, and every statement that units of it run. */
function listenedTo(database: Database): { readonly database: Database; readonly statements: string[] } {
  const statements: string[] = [];
  const listening = (unit: Unit): Unit =>
    new Proxy(unit, {
      get(target, name: keyof Unit) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]): unknown => {
          const [statement] = given as [{ textFor?: (dialect: Unit['dialect']) => string }];
          if (statement.textFor !== undefined) statements.push(statement.textFor(target.dialect));
          return Reflect.apply(member, target, given);
        };
      },
    });
  const unitOfWork = new Proxy(database.unitOfWork, {
    get(target, name: keyof UnitOfWork) {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'run') return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      const run: UnitOfWork['run'] = (tenancy, work, options) =>
        target.run(tenancy, (unit) => work(listening(unit)), options);
      return run;
    },
  });
  const listened = new Proxy(database, {
    get: (target, name) => (name === 'unitOfWork' ? unitOfWork : (Reflect.get(target, name) as unknown)),
  });
  return { database: listened, statements };
}

describeOnDatabases('a handoff that is repeated under its idempotency key', (database) => {
  const aRoom = () => {
    const [clock, caller] = [new FakeClock(), aCaller({ tenantId: newTenant() })];
    const stores = sqlStores(database(), clock);
    const originals = new SqlOriginalStore(database(), clock, A_RETENTION);
    const listened = listenedTo(database());
    const compression = new ContentCompression(aCompressor(originals), originals);
    const wakeups = new InProcessWakeups();
    const contexts = new SharedContextService(
      stores.sharedContexts,
      compression,
      clock,
      wakeups,
      A_RETENTION,
    );
    const handoffs = new HandoffService({
      store: new SqlHandoffStore(listened.database),
      contexts: stores.sharedContexts,
      compression,
      wakeups,
      clock,
      ids: new CountingIds(),
      pause: new TimerPause(),
    });
    const give = (ttlSeconds: number) =>
      handoffs.create(caller, {
        context: 'release',
        from: 'a',
        to: 'b',
        keys: ['plan'],
        ttlSeconds,
        idempotencyKey: 'k',
      });
    return { clock, caller, originals, contexts, service: handoffs, give, statements: listened.statements };
  };

  it('makes nothing again of what is gone since', async () => {
    const { clock, caller, contexts, originals, give } = aRoom();
    const content = { kind: 'json', text: conversation } as const;
    const { entry } = await contexts.put(caller, {
      context: 'release',
      key: 'plan',
      content,
      ttlSeconds: 86_400,
    });
    const view = await contexts.get(caller, 'release', 'plan');
    const [part = ''] = markerHashes(view.content.text).filter((hash) => hash !== entry.hash);
    expect((await originals.find(caller, part)).status).toBe('found');
    const first = await give(60);
    clock.advanceSeconds(A_RETENTION.ttlSeconds * 2);
    await originals.sweep();
    expect((await originals.find(caller, part)).status).not.toBe('found');
    expect(await give(60)).toEqual(first);
    expect((await originals.find(caller, part)).status).not.toBe('found');
  });

  it('is read once when it is accepted', async () => {
    const { caller, contexts, service, give, statements } = aRoom();
    await contexts.put(caller, { context: 'release', key: 'plan', content: { kind: 'text', text: 'x' } });
    const { id } = await give(60);
    for (const _ of [1, 2]) {
      statements.length = 0;
      expect((await service.accept(caller, 'release', id, 'accept')).contents).toHaveLength(1);
      expect(statements.filter((text) => /FROM handoffs\b/.test(text))).toHaveLength(1);
    }
  });
});
