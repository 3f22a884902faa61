import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, SqlMemoryStore } from '#libs/adapters';
import type { MemoryListQuery } from '#libs/memory';
import { sql, type Sql } from '../../../libs/adapters/src/database/sql.js';
import type { Unit, UnitOfWork } from '../../../libs/adapters/src/database/unit-of-work.js';
import { aCaller } from '../../support/callers.js';
import { newTenant, sqliteKind, type TestDatabase } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { aView } from '../../support/memories.js';

/** The same database, whose reads answer nothing and note how SQLite would have gone about them. */
function explaining(database: Database, plans: string[]): Database {
  const explain = (unit: Unit): Unit =>
    Object.create(unit, {
      all: {
        value: async (statement: Sql) => {
          const steps = await unit.all(sql`EXPLAIN QUERY PLAN ${statement}`);
          plans.push(...steps.map(({ detail }) => String(detail)));
          return [];
        },
      },
    }) as Unit;
  const read: UnitOfWork['read'] = (caller, work) =>
    database.unitOfWork.read(caller, (unit) => work(explain(unit)));
  const unitOfWork = Object.create(database.unitOfWork, { read: { value: read } }) as UnitOfWork;
  return Object.create(database, { unitOfWork: { value: unitOfWork } }) as Database;
}

describe('a list on SQLite', () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await sqliteKind.open();
  });
  afterAll(() => opened.destroy());

  const planOf = async (query: Partial<MemoryListQuery>): Promise<string[]> => {
    const plans: string[] = [];
    const clock = new FakeClock();
    const store = new SqlMemoryStore(explaining(opened.database, plans), clock);
    const caller = aCaller({ tenantId: newTenant() });
    await store.list(caller, {
      view: aView(clock),
      orderBy: 'created_at',
      order: 'desc',
      limit: 50,
      ...query,
    });
    return plans;
  };

  it('looks what others stand for up instead of going through all memories of the user', async () => {
    const plan = await planOf({});
    expect(plan.filter((step) => step.includes('SEARCH o '))).toEqual([
      expect.stringContaining('memories_by_twin (tenant_id=? AND user_id=? AND promoted_to>?)'),
    ]);
  });

  it('looks subjects up', async () => {
    const plan = await planOf({ subjects: ['employer'] });
    expect(plan[0]).toContain('memories_by_subject (tenant_id=? AND subject=? AND scope_key=?)');
    expect(plan.join()).not.toContain('memories_by_user');
  });
});
