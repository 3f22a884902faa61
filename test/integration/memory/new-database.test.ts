import { beforeAll, expect, it } from 'vitest';
import { SqlMemoryStore } from '#libs/adapters';
import type { NewMemory } from '#libs/memory';
import { surroundingsOf } from '../../../libs/adapters/src/database/memories/batch-surroundings.js';
import { MemoryRows } from '../../../libs/adapters/src/database/memories/memory-rows.js';
import { numeric } from '../../../libs/adapters/src/database/row.js';
import { sql } from '../../../libs/adapters/src/database/sql.js';
import type { Unit } from '../../../libs/adapters/src/database/unit-of-work.js';
import { aCaller } from '../../support/callers.js';
import { describeOnDatabases, newTenant, pgliteKind, postgresKind } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { aMemory } from '../../support/memories.js';

const STORED = 2_000;
const ASKED = 20;

describeOnDatabases(
  'a database that has no statistics yet',
  (database) => {
    const caller = aCaller({ tenantId: newTenant() });
    const clock = new FakeClock();
    const some = (count: number): NewMemory[] =>
      Array.from({ length: count }, () => {
        const { id, content } = aMemory(clock).memory;
        return aMemory(clock, { id, content, subject: `subject of ${id}` });
      });
    const stored = some(STORED);

    beforeAll(async () => {
      await database().dataSource.query('ALTER TABLE memories SET (autovacuum_enabled = false)');
      const store = new SqlMemoryStore(database(), clock);
      await store.insertMany(
        caller,
        stored.map((memory) => ({ memory, onSubject: 'coexist' })),
      );
    });

    /** How many rows of memories the indexes led a unit to. */
    const rowsMet = (work: (unit: Unit) => Promise<unknown>): Promise<number> =>
      database().unitOfWork.run(caller, async (unit) => {
        await work(unit);
        const row = await unit.first(sql`SELECT idx_tup_fetch + seq_tup_read AS met
          FROM pg_stat_xact_user_tables WHERE relname = 'memories'`);
        return row === undefined ? Number.NaN : numeric(row, 'met');
      });

    it('finds what new memories would meet without walking through all others', async () => {
      const memories = some(ASKED).map(({ memory }) => memory);
      expect(await rowsMet((unit) => surroundingsOf(unit, memories, clock.now()))).toBe(0);
    });

    it('finds the memory of a new vector without walking through all others', async () => {
      const ids = stored.slice(0, 1).map(({ memory }) => memory.id);
      const vectors = new Map(ids.map((id) => [id, Float32Array.of(1, 0)]));
      const save = (unit: Unit): Promise<void> =>
        new MemoryRows(unit, caller, database().vectors).saveEmbeddings('model', vectors);
      expect(await rowsMet(save)).toBeLessThanOrEqual(ASKED);
    });
  },
  [pgliteKind, postgresKind],
);
