import { describe, expect, it } from 'vitest';
import type pg from 'pg';
import type { Database } from '#libs/adapters';
import { PostgresStatements } from '../../libs/adapters/src/database/dialects/postgres/postgres-statements.js';
import { UniqueViolation } from '../../libs/adapters/src/database/faults.js';
import { type Sql, sql } from '../../libs/adapters/src/database/sql.js';
import { Unit, type UnitOptions } from '../../libs/adapters/src/database/unit-of-work.js';
import { describeOnDatabases, newTenant, postgresKind } from '../support/databases.js';

/** A tenant and what it does with rows of a table that has a unique key. */
class Room {
  readonly tenancy = { tenantId: newTenant() };

  constructor(private readonly database: Database) {}

  readonly add = (key: string): Sql =>
    sql`INSERT INTO idempotency_keys (tenant_id, address, claim_id, body_hash, created_at)
      VALUES (${this.tenancy.tenantId}, ${key}, 'c', 'h', 1)`;

  readonly rename = (from: string, to: string): Sql =>
    sql`UPDATE idempotency_keys SET address = ${to} WHERE tenant_id = ${this.tenancy.tenantId} AND address = ${from}`;

  readonly everything = (): Sql =>
    sql`SELECT * FROM idempotency_keys WHERE tenant_id = ${this.tenancy.tenantId} ORDER BY address`;

  readonly keys = async (): Promise<unknown[]> => {
    const rows = await this.database.unitOfWork.read(this.tenancy, (unit) => unit.all(this.everything()));
    return rows.map((row) => row.address);
  };
}

describeOnDatabases('a unit that does not wait for each of its statements', (database) => {
  const room = () => new Room(database());

  it('has done all of them when it ends, in their order', async () => {
    const { tenancy, add, rename, keys } = room();
    await database().unitOfWork.run(tenancy, async (unit) => {
      for (const key of ['a', 'b', 'c']) await unit.send(add(key));
      await unit.send(rename('b', 'd'));
      expect(await unit.run(rename('d', 'e'))).toBe(1);
    });
    expect(await keys()).toEqual(['a', 'c', 'e']);
  });

  it('fails with what failed, and keeps nothing', async () => {
    const { tenancy, add, keys } = room();
    const addTwice = database().unitOfWork.run(tenancy, async (unit) => {
      await unit.send(add('a'));
      await unit.send(add('a'));
    });
    await expect(addTwice).rejects.toBeInstanceOf(UniqueViolation);
    expect(await keys()).toEqual([]);
  });

  it('tells the first failure, where later statements fail for it', async () => {
    const { tenancy, add, everything, keys } = room();
    const addTwice = database().unitOfWork.run(tenancy, async (unit) => {
      await unit.send(add('a'));
      await unit.send(add('a'));
      await unit.all(everything());
    });
    await expect(addTwice).rejects.toBeInstanceOf(UniqueViolation);
    expect(await keys()).toEqual([]);
  });

  it('undoes a part with what failed in it, and goes on', async () => {
    const { tenancy, add, keys } = room();
    const failures: unknown[] = [];
    await database().unitOfWork.run(tenancy, async (unit) => {
      await unit.send(add('a'));
      await unit
        .attempt(async () => {
          await unit.send(add('b'));
          await unit.send(add('a'));
        })
        .catch((error: unknown) => failures.push(error));
      await unit.send(add('c'));
    });
    expect(failures).toHaveLength(1);
    expect(await keys()).toEqual(['a', 'c']);
  });

  it('leaves the connection fit for others after it failed', async () => {
    const { tenancy, add, keys } = room();
    for (let i = 0; i < 12; i++) {
      const failing = database().unitOfWork.run(tenancy, async (unit) => {
        await unit.send(add('a'));
        await unit.send(add('a'));
      });
      await expect(failing).rejects.toBeInstanceOf(UniqueViolation);
    }
    await database().unitOfWork.run(tenancy, (unit) => unit.send(add('a')));
    expect(await keys()).toEqual(['a']);
  });
});

describeOnDatabases(
  'a unit on PostgreSQL',
  (database) => {
    const room = () => new Room(database());

    it('fails where a failure was passed over, since nothing of it can be committed', async () => {
      const { tenancy, add, keys } = room();
      const passing = database().unitOfWork.run(tenancy, async (unit) => {
        await unit.run(add('a'));
        await unit.run(add('a')).catch(() => undefined);
      });
      await expect(passing).rejects.toBeInstanceOf(UniqueViolation);
      expect(await keys()).toEqual([]);
    });

    describe('whose transaction never began', () => {
      const unopened = async (work: (unit: Unit) => Promise<unknown>): Promise<unknown> => {
        const runner = database().dataSource.createQueryRunner();
        try {
          const client = (await runner.connect()) as pg.PoolClient;
          const statements = new PostgresStatements(client, runner.manager, 'BEGIN NOTHING', undefined);
          await work(new Unit('postgres', 'tenant', statements));
          await statements.commit();
          return 'committed';
        } finally {
          await runner.release();
        }
      };

      it('writes nothing, not even by itself', async () => {
        const { add, keys } = room();
        await expect(unopened((unit) => unit.send(add('a')))).rejects.toMatchObject({ code: '42601' });
        await expect(unopened((unit) => unit.run(add('a')))).rejects.toMatchObject({ code: '42601' });
        expect(await keys()).toEqual([]);
      });

      it('tells nothing of what it read', async () => {
        const read = (unit: Unit) => unit.all(sql`SELECT 1 AS one`);
        await expect(unopened(read)).rejects.toMatchObject({ code: '42601' });
        await expect(unopened((unit) => read(unit).catch(() => []))).rejects.toMatchObject({ code: '42601' });
      });
    });
  },
  [postgresKind],
);

/** Does the same so often that PostgreSQL keeps its statements prepared. */
async function writeOften(database: Database, { tenancy, add, everything, rename }: Room): Promise<void> {
  for (let i = 0; i < 6; i++) {
    await database.unitOfWork.run(tenancy, async (unit) => {
      await unit.send(add(`key ${i}`));
      await unit.all(everything());
      await unit.send(rename(`key ${i}`, `new ${i}`));
    });
  }
}

async function preparedStatements(database: Database): Promise<unknown> {
  const [row]: { count: number }[] = await database.dataSource.query(
    'SELECT count(*)::int AS count FROM pg_prepared_statements',
  );
  return row?.count;
}

describeOnDatabases(
  'prepared statements',
  (database) => {
    it('may be lost with their connection, as behind a pooler', async () => {
      const [before, after] = [new Room(database()), new Room(database())];
      await writeOften(database(), before);
      expect(await preparedStatements(database())).toBeGreaterThanOrEqual(3);
      await database().dataSource.query('DEALLOCATE ALL');
      await writeOften(database(), after);
      expect(await after.keys()).toHaveLength(6);
    });
  },
  [postgresKind],
);

describeOnDatabases(
  'prepared statements on a table that another server migrates',
  (database) => {
    it('give its new columns', async () => {
      const [before, after] = [new Room(database()), new Room(database())];
      await writeOften(database(), before);
      await database().dataSource.query('ALTER TABLE idempotency_keys ADD COLUMN later TEXT');
      await writeOften(database(), after);
      const [row] = await database().unitOfWork.run(after.tenancy, (unit) => unit.all(after.everything()));
      expect(row).toMatchObject({ later: null });
    });
  },
  [postgresKind],
);

describeOnDatabases(
  'a unit that is a piece of what is answered later',
  (database) => {
    const commitMode = async (options?: UnitOptions): Promise<unknown> => {
      const row = await database().unitOfWork.run(
        { tenantId: newTenant() },
        (unit) => unit.first(sql`SELECT current_setting('synchronous_commit') AS mode`),
        options,
      );
      return row?.mode;
    };
    const whereTheLog = async (does: 'insert' | 'flush'): Promise<string> => {
      const [row]: { lsn: string }[] = await database().dataSource.query(
        `SELECT pg_current_wal_${does}_lsn() AS lsn`,
      );
      return row?.lsn ?? '';
    };

    it('does not wait for the disk, and no other unit after it does less', async () => {
      expect(await commitMode({ isPiece: true })).toBe('off');
      expect(await commitMode()).toBe('on');
    });

    it('is on disk with what is brought there after it', async () => {
      const { tenancy, add } = new Room(database());
      await database().unitOfWork.run(tenancy, (unit) => unit.run(add('a')), { isPiece: true });
      const end = await whereTheLog('insert');
      await database().persist();
      const [row]: { isFlushed: boolean }[] = await database().dataSource.query(
        `SELECT '${await whereTheLog('flush')}'::pg_lsn >= '${end}'::pg_lsn AS "isFlushed"`,
      );
      expect(row?.isFlushed).toBe(true);
    });
  },
  [postgresKind],
);
