import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, SqlMemoryStore } from '#libs/adapters';
import { sql } from '../../libs/adapters/src/database/sql.js';
import { aCaller } from '../support/callers.js';
import { FakeClock } from '../support/fake-clock.js';
import { aMemory } from '../support/memories.js';

describe('the embedded store', () => {
  let dataDir: string;
  const open = () => openDatabase({ kind: 'sqlite', dataDir });

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'headroom-store-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keeps what was stored over a restart', async () => {
    const clock = new FakeClock();
    const given = aMemory(clock, { content: 'stays' });
    const first = await open();
    await new SqlMemoryStore(first, clock).insert(aCaller(), given, 'supersede');
    await first.close();
    const second = await open();
    const found = await new SqlMemoryStore(second, clock).find(aCaller(), given.memory.id);
    expect(found).toEqual(given.memory);
    await second.close();
  });

  it('serves one process: the second is told which pid holds the folder and what to do', async () => {
    const database = await open();
    await expect(open()).rejects.toMatchObject({
      code: 'configuration_error',
      message: expect.stringMatching(new RegExp(`process ${process.pid}.*HEADROOM_DATA_DIR`, 's')) as string,
    });
    await database.close();
    const again = await open();
    await again.close();
  });

  it('can be opened after its process was killed', async () => {
    const script = `
      const Sqlite = require('better-sqlite3');
      new Sqlite(process.argv[1]).exec('BEGIN EXCLUSIVE');
      console.log('held');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['-e', script, join(dataDir, 'lock.db')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    await expect(open()).rejects.toMatchObject({ code: 'configuration_error' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const database = await open();
    await database.ping();
    await database.close();
  });

  it('says that a file is damaged, and leaves it as it is', async () => {
    const file = join(dataDir, 'headroom.db');
    writeFileSync(file, 'this is no database, and it must survive');
    await expect(open()).rejects.toMatchObject({
      code: 'storage_error',
      message: expect.stringContaining('damaged') as string,
    });
    expect(readFileSync(file, 'utf8')).toBe('this is no database, and it must survive');
  });

  it('says that a folder cannot be made', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    await expect(
      openDatabase({ kind: 'sqlite', dataDir: join(dataDir, 'file', 'below') }),
    ).rejects.toMatchObject({
      code: 'storage_error',
      message: expect.stringContaining('HEADROOM_DATA_DIR') as string,
    });
  });

  it('says that the disk is full, writes nothing, and goes on when there is room', async () => {
    const clock = new FakeClock();
    const database = await open();
    const store = new SqlMemoryStore(database, clock);
    const [{ page_count: pages }] =
      await database.dataSource.query<[{ page_count: number }]>('PRAGMA page_count');
    await database.dataSource.query(`PRAGMA max_page_count = ${pages}`);
    const big = aMemory(clock, { content: 'x'.repeat(200_000) });
    await expect(store.insert(aCaller(), big, 'supersede')).rejects.toMatchObject({
      code: 'storage_error',
      message: expect.stringContaining('full') as string,
    });
    expect(await store.find(aCaller(), big.memory.id)).toBeNull();
    await database.dataSource.query('PRAGMA max_page_count = 1000000');
    expect((await store.insert(aCaller(), big, 'supersede')).status).toBe('created');
    await database.close();
  });

  it('undoes a unit that fails and keeps units apart', async () => {
    const database = await open();
    const tenancy = { tenantId: 'tenant-a' };
    const add = (key: string) =>
      sql`INSERT INTO idempotency_keys (tenant_id, address, claim_id, body_hash, created_at) VALUES ('tenant-a', ${key}, 'c', 'h', 1)`;
    const failing = database.unitOfWork.run(tenancy, async (unit) => {
      await unit.run(add('lost'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('no');
    });
    const succeeding = database.unitOfWork.run(tenancy, (unit) => unit.run(add('kept')));
    await expect(failing).rejects.toThrow('no');
    await succeeding;
    const rows = await database.unitOfWork.read(tenancy, (unit) =>
      unit.all(sql`SELECT address FROM idempotency_keys`),
    );
    expect(rows).toEqual([{ address: 'kept' }]);
    await database.close();
  });

  it('undoes one alone of many units that are written together', async () => {
    const database = await open();
    const tenancy = { tenantId: 'tenant-a' };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) =>
        database.unitOfWork.run(tenancy, async (unit) => {
          await unit.run(
            sql`INSERT INTO idempotency_keys (tenant_id, address, claim_id, body_hash, created_at) VALUES ('tenant-a', ${`key ${i}`}, 'c', 'h', ${i})`,
          );
          if (i % 3 === 0) throw new Error(`no ${i}`);
          return i;
        }),
      ),
    );
    outcomes.forEach((outcome, i) => {
      if (i % 3 === 0) expect(outcome).toMatchObject({ status: 'rejected', reason: { message: `no ${i}` } });
      else expect(outcome).toEqual({ status: 'fulfilled', value: i });
    });
    const rows = await database.unitOfWork.read(tenancy, (unit) =>
      unit.all(sql`SELECT created_at FROM idempotency_keys ORDER BY created_at`),
    );
    expect(rows.map((row) => row['created_at'])).toEqual(
      Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 3 !== 0),
    );
    await database.close();
  });

  it('has on disk what it acknowledged, and nothing else, when the disk fills up among many writers', async () => {
    const clock = new FakeClock();
    const database = await open();
    const store = new SqlMemoryStore(database, clock);
    const [{ page_count: pages }] =
      await database.dataSource.query<[{ page_count: number }]>('PRAGMA page_count');
    await database.dataSource.query(`PRAGMA max_page_count = ${pages + 60}`);
    const memories = Array.from({ length: 40 }, (_, i) =>
      aMemory(clock, { content: `${i} ${'x'.repeat(i % 4 === 3 ? 100_000 : 10)}` }),
    );
    const outcomes = await Promise.allSettled(
      memories.map((memory) => store.insert(aCaller(), memory, 'supersede')),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const [i, { memory }] of memories.entries()) {
      const found = await store.find(aCaller(), memory.id);
      expect(found !== null, `memory ${i}`).toBe(outcomes[i]?.status === 'fulfilled');
    }
    await database.close();
  });

  it('leaves no byte of an erased memory in any file', async () => {
    const clock = new FakeClock();
    const database = await open();
    const store = new SqlMemoryStore(database, clock);
    const caller = aCaller();
    for (let i = 0; i < 50; i++)
      await store.insert(caller, aMemory(clock, { content: `neighbour ${i}` }), 'supersede');
    const erased = await store.insert(
      caller,
      aMemory(clock, {
        content: 'zanzibar42 treasure',
        metadata: { m: 'zanzibar42' },
        entities: ['zanzibar42'],
        subject: 'zanzibar42',
      }),
      'supersede',
    );
    const hits = () =>
      readdirSync(dataDir).filter((name) => readFileSync(join(dataDir, name)).includes('zanzibar42'));
    expect(hits()).not.toEqual([]);
    await store.remove(caller, erased.memory.id, clock.now());
    expect(hits()).toEqual([]);
    await database.close();
  });
});
