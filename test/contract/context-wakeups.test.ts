import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import {
  BroadcastWakeups,
  type Database,
  InProcessWakeups,
  openDatabase,
  PostgresBroadcast,
  RedisBroadcast,
} from '#libs/adapters';
import { createPostgresDatabase } from '../support/postgres.js';
import { addressOf } from '../support/services.js';
import { until } from '../support/until.js';
import { contextWakeupsContract } from './context-wakeups.contract.js';

const redisUrl = addressOf('Redis');
const ignore = (): void => undefined;

describe('ContextWakeups in the process', () => {
  contextWakeupsContract(() => new InProcessWakeups(), 'alone');
});

describe.skipIf(addressOf('PostgreSQL') === undefined)('ContextWakeups through PostgreSQL', () => {
  let database: Database;
  let made: Awaited<ReturnType<typeof createPostgresDatabase>>;
  beforeAll(async () => {
    made = await createPostgresDatabase();
    database = await openDatabase({ kind: 'postgres', url: made.url });
  });
  afterAll(async () => {
    await database.close();
    await made.drop();
  });
  const open = (onFault: (error: unknown) => void = ignore) =>
    new BroadcastWakeups(new PostgresBroadcast(database, made.url, onFault), onFault);

  contextWakeupsContract(() => open(), 'several');

  it('hear again after their connection was cut, and look then for what they may have missed', async () => {
    const faults: unknown[] = [];
    const [mine, others] = [open((error) => faults.push(error)), open()];
    let heard = 0;
    mine.subscribe('tenant-a', 'release', () => heard++);
    const listening = async (): Promise<number> => {
      const rows: unknown[] = await database.dataSource.query(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'headroom wake-ups' AND datname = current_database()
          AND query LIKE 'LISTEN%'`,
      );
      return rows.length;
    };
    await until(listening, (count) => count === 1);
    const administrator = new pg.Client({ connectionString: made.url });
    await administrator.connect();
    await administrator.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'headroom wake-ups'
        AND datname = current_database()`,
    );
    await administrator.end();
    await until(
      () => Promise.resolve(faults.length),
      (count) => count > 0,
    );
    await until(listening, (count) => count === 1);
    await until(
      () => Promise.resolve(heard),
      (count) => count > 0,
    );
    const before = heard;
    others.announce('tenant-a', 'release');
    await until(
      () => Promise.resolve(heard),
      (count) => count > before,
    );
    expect(faults).toHaveLength(1);
    await Promise.all([mine.close(), others.close()]);
  });
});

describe.skipIf(redisUrl === undefined)('ContextWakeups through Redis', () => {
  const open = (url = redisUrl ?? '', onFault: (error: unknown) => void = ignore) =>
    new BroadcastWakeups(new RedisBroadcast(url, onFault), onFault);

  contextWakeupsContract(() => open(), 'several');

  it('wake readers of this process while Redis is away, and say that others hear nothing', async () => {
    const faults: unknown[] = [];
    const wakeups = open('redis://127.0.0.1:1', (error) => faults.push(error));
    let heard = 0;
    wakeups.subscribe('tenant-a', 'release', () => heard++);
    wakeups.announce('tenant-a', 'release');
    expect(heard).toBe(1);
    await until(
      () => Promise.resolve(faults.length),
      (count) => count > 0,
    );
    await wakeups.close();
  });
});
