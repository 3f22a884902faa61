import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { BullMqJobQueue, type BullMqSettings } from '#libs/adapters';
import { hasOwnRedis, OwnRedis } from '../support/own-redis.js';
import { addressOf } from '../support/services.js';
import { until } from '../support/until.js';

const redisUrl = addressOf('Redis');
const LOCK_MS = 1_000;

let opened: BullMqJobQueue[] = [];
afterEach(async () => {
  await Promise.all(opened.map((queue) => queue.close()));
  opened = [];
});

async function aServer(
  prefix: string,
  url = redisUrl,
  more: Partial<BullMqSettings> = {},
): Promise<BullMqJobQueue> {
  const queue = await BullMqJobQueue.open({
    url: url ?? '',
    prefix,
    backoffMs: 5,
    lockMs: LOCK_MS,
    closeWithinMs: 100,
    ...more,
  });
  opened.push(queue);
  return queue;
}

/** The ids of the jobs that a server runs, in order. */
function ranBy(queue: BullMqJobQueue, name = 'work'): string[] {
  const ids: string[] = [];
  queue.handle(name, ({ id }) => {
    ids.push(id);
    return Promise.resolve();
  });
  return ids;
}

describe.skipIf(redisUrl === undefined)('several servers on one Redis', () => {
  it('run a periodic job once per period', async () => {
    const prefix = `test-${randomUUID()}`;
    const runs: number[] = [];
    for (let i = 0; i < 3; i++) {
      const server = await aServer(prefix);
      server.handle('sweep', () => {
        runs.push(performance.now());
        return Promise.resolve();
      });
      server.repeat('sweep', 'memories', 250);
    }
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const periods = ((runs.at(-1) ?? 0) - (runs[0] ?? 0)) / 250;
    expect(runs.length).toBeGreaterThan(4);
    expect(runs.length).toBeLessThanOrEqual(Math.ceil(periods) + 1);
  });

  it('share the jobs, each of them run by one', async () => {
    const prefix = `test-${randomUUID()}`;
    const servers = [await aServer(prefix), await aServer(prefix)];
    const ran = servers.map((server) => ranBy(server));
    const ids = Array.from({ length: 40 }, (_, i) => `job ${i}`);
    await Promise.all(ids.map(async (id, i) => servers[i % 2]?.enqueue('work', {}, { id })));
    await servers[0]?.drain();
    expect(ran.flat().toSorted()).toEqual(ids.toSorted());
  });

  it('take over the job of one that is killed', async () => {
    const prefix = `test-${randomUUID()}`;
    const script = fileURLToPath(new URL('../support/job-worker.ts', import.meta.url));
    const argv = ['--conditions=source', '--import', 'tsx', script, redisUrl ?? '', prefix, String(LOCK_MS)];
    const doomed = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(doomed, 'exit');
    const survivor = await aServer(prefix);
    await survivor.enqueue('work', {}, { id: 'interrupted' });
    const [said] = (await once(doomed.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('began interrupted\n');
    doomed.kill('SIGKILL');
    await exited;
    const ran = ranBy(survivor);
    await until(
      () => Promise.resolve(ran),
      (ids) => ids.length > 0,
    );
    await survivor.drain();
    expect(ran).toEqual(['interrupted']);
  });

  it('take over the job that another could not end when it stopped', async () => {
    const prefix = `test-${randomUUID()}`;
    const leaving = await aServer(prefix);
    const began = new Promise<void>((resolve) => {
      leaving.handle('work', () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    await leaving.enqueue('work', {}, { id: 'handed over' });
    await began;
    await leaving.close();
    const ran = ranBy(await aServer(prefix));
    await until(
      () => Promise.resolve(ran),
      (ids) => ids.length > 0,
    );
    expect(ran).toEqual(['handed over']);
  });
});

describe.skipIf(!hasOwnRedis())('a Redis that is killed', () => {
  it('makes no call wait for long, and what is periodic goes on when it is back, empty', async () => {
    const redis = await OwnRedis.start();
    try {
      const server = await aServer('test', redis.url, { deadlineMs: 300 });
      const ran = ranBy(server);
      const swept = ranBy(server, 'sweep');
      server.repeat('sweep', 'memories', 100);
      await server.enqueue('work', {}, { id: 'before' });
      await until(
        () => Promise.resolve(ran.length + swept.length),
        (runs) => runs > 3,
      );

      await redis.kill();
      const startedAt = performance.now();
      const calls = [
        server.enqueue('work', {}, { id: 'meanwhile' }),
        server.load(),
        server.failed(),
        server.retry('work:x'),
      ];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
      }
      expect(performance.now() - startedAt).toBeLessThan(1_500);

      await redis.start();
      await until(
        () =>
          server.load().then(
            () => true,
            () => false,
          ),
        (isThere) => isThere,
      );
      await server.enqueue('work', {}, { id: 'after' });
      const sweptBefore = swept.length;
      await until(
        () => Promise.resolve([ran.includes('after'), swept.length > sweptBefore]),
        (done) => !done.includes(false),
      );
      expect(ran).toEqual(['before', 'after']);
    } finally {
      await Promise.all(opened.map((queue) => queue.close()));
      opened = [];
      await redis.stop();
    }
  });

  it('does not keep a server from stopping, whatever its jobs do', async () => {
    const redis = await OwnRedis.start();
    const server = await aServer('test', redis.url, { deadlineMs: 300 });
    const began = new Promise<void>((resolve) => {
      server.handle('work', () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    await server.enqueue('work', {});
    await began;
    await redis.stop();
    const startedAt = performance.now();
    await server.close();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
