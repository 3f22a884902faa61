import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddingService } from '../support/embedding-service.js';
import { hasOwnRedis, OwnRedis } from '../support/own-redis.js';
import { createPostgresDatabase } from '../support/postgres.js';
import { problemOf, send, type Reply } from '../support/send.js';
import { addressOf } from '../support/services.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';
import { until } from '../support/until.js';

const BOOTSTRAP_KEY = 'a-bootstrap-key-of-this-test';
const ADMIN = { authorization: `Bearer ${BOOTSTRAP_KEY}` };

interface FailedJob {
  readonly id: string;
  readonly name: string;
  readonly attempts: number;
  readonly error: string;
  readonly failed_at: string;
}

const remember = ({ url }: SpawnedServer, content: string): Promise<Reply> =>
  send(`${url}/v1/memories`, { json: { user_id: 'ada', content }, headers: ADMIN });

async function pendingOf({ url }: SpawnedServer): Promise<number> {
  const { body } = await send(`${url}/readyz`);
  return (body['checks'] as { embedder: { pending: number } }).embedder.pending;
}

async function queueOf({ url }: SpawnedServer): Promise<Record<string, unknown>> {
  const { body } = await send(`${url}/readyz`);
  return (body['checks'] as { queue: Record<string, unknown> }).queue;
}

const failedOf = async ({ url }: SpawnedServer): Promise<readonly FailedJob[]> =>
  (await send(`${url}/v1/jobs/failed`, { headers: ADMIN })).body['data'] as FailedJob[];

describe('a job that was given up', () => {
  let service: EmbeddingService;
  let server: SpawnedServer;
  let dataDir: string;
  let settings: Record<string, string>;
  beforeAll(async () => {
    service = new EmbeddingService();
    service.isBroken = true;
    dataDir = mkdtempSync(join(tmpdir(), 'headroom-jobs-'));
    settings = {
      HEADROOM_DATA_DIR: dataDir,
      HEADROOM_API_KEY: BOOTSTRAP_KEY,
      HEADROOM_EMBEDDER: 'openai',
      HEADROOM_EMBEDDER_MODEL: 'model',
      OPENAI_API_KEY: 'a-key',
      OPENAI_TARGET_API_URL: await service.start(),
    };
    server = await spawnServer(settings);
    await remember(server, 'Ada plays chess');
  });
  afterAll(async () => {
    await server.stop();
    await service.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('is counted where probes and Prometheus look, and listed with its last error', async () => {
    const [job] = await until(
      () => failedOf(server),
      (jobs) => jobs.length > 0,
    );
    expect(job).toMatchObject({ id: 'embed.model:embed.model', name: 'embed.model', attempts: 5 });
    expect(job?.error).toContain('400');
    expect(await queueOf(server)).toMatchObject({ status: 'ok', kind: 'in-process', failed: 1 });
    const { text } = await send(`${server.url}/metrics`, { headers: ADMIN });
    expect(text).toContain('headroom_jobs{name="embed.model",state="failed"} 1');
    expect(text).toContain('headroom_job_failures_total{name="embed.model",outcome="given_up"} 1');
  });

  test('is nothing for other keys', async () => {
    const made = await send(`${server.url}/v1/keys`, { json: { name: 'acme' }, headers: ADMIN });
    const headers = { authorization: `Bearer ${made.body['key'] as string}` };
    const one = '/v1/jobs/failed/embed.model%3Aembed.model';
    for (const [method, path] of [
      ['GET', '/v1/jobs/failed'],
      ['POST', `${one}/retry`],
      ['DELETE', one],
    ] as const) {
      const reply = await send(`${server.url}${path}`, { method, headers });
      expect([reply.status, problemOf(reply).error.type], path).toEqual([403, 'forbidden']);
    }
    expect(await failedOf(server)).toHaveLength(1);
  });

  test('is still listed after kill -9', async () => {
    const before = await failedOf(server);
    await server.kill();
    server = await spawnServer(settings);
    // Long before it could have been given up anew.
    expect(await failedOf(server)).toEqual(before);
  });

  test('is tried again when the operator says so, and is then done', async () => {
    service.isBroken = false;
    const [job] = await failedOf(server);
    const path = `${server.url}/v1/jobs/failed/${encodeURIComponent(job?.id ?? '')}`;
    const retried = await send(`${path}/retry`, { method: 'POST', headers: ADMIN });
    expect([retried.status, retried.body]).toEqual([202, { id: job?.id, status: 'queued' }]);
    await until(
      () => pendingOf(server),
      (pending) => pending === 0,
    );
    expect(await failedOf(server)).toEqual([]);
    for (const method of ['POST', 'DELETE']) {
      const reply = await send(method === 'POST' ? `${path}/retry` : path, { method, headers: ADMIN });
      expect([reply.status, problemOf(reply).error.type]).toEqual([404, 'not_found']);
    }
  });

  test('is dropped when the operator says so', async () => {
    service.isBroken = true;
    await remember(server, 'Ada plays go');
    const [job] = await until(
      () => failedOf(server),
      (jobs) => jobs.length > 0,
    );
    const path = `${server.url}/v1/jobs/failed/${encodeURIComponent(job?.id ?? '')}`;
    expect((await send(path, { method: 'DELETE', headers: ADMIN })).status).toBe(204);
    expect(await failedOf(server)).toEqual([]);
    expect(await queueOf(server)).toMatchObject({ failed: 0 });
  });
});

describe('a server that stops or is killed while it embeds', () => {
  const service = new EmbeddingService();
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-jobs-'));
  let url: string;
  beforeAll(async () => {
    url = await service.start();
  });
  afterAll(async () => {
    await service.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = (): Promise<SpawnedServer> =>
    spawnServer({
      HEADROOM_API_KEY: BOOTSTRAP_KEY,
      HEADROOM_DATA_DIR: dataDir,
      HEADROOM_EMBEDDER: 'openai',
      HEADROOM_EMBEDDER_MODEL: 'model',
      OPENAI_API_KEY: 'a-key',
      OPENAI_TARGET_API_URL: url,
    });

  test.each(['stop', 'kill'] as const)('goes on after the restart: %s', async (how) => {
    const first = await start();
    service.isSilent = true;
    const calls = service.calls;
    await remember(first, `Ada can be told to ${how}`);
    await until(
      () => Promise.resolve(service.calls),
      (now) => now > calls,
    );
    const startedAt = performance.now();
    if (how === 'stop') expect(await first.stop()).toBe(0);
    else await first.kill();
    expect(performance.now() - startedAt).toBeLessThan(15_000);

    service.isSilent = false;
    const second = await start();
    await until(
      () => pendingOf(second),
      (pending) => pending === 0,
    );
    expect(service.asked.map(({ text }) => text)).toContain(`Ada can be told to ${how}`);
    await second.stop();
  });
});

const hasServices = addressOf('PostgreSQL') !== undefined && hasOwnRedis();

describe.skipIf(!hasServices)('servers with a Redis of their own', () => {
  let service: EmbeddingService;
  let redis: OwnRedis;
  let settings: Record<string, string>;
  let drop: () => Promise<void>;
  const servers: SpawnedServer[] = [];

  beforeAll(async () => {
    service = new EmbeddingService();
    redis = await OwnRedis.start();
    const database = await createPostgresDatabase();
    drop = database.drop;
    settings = {
      HEADROOM_API_KEY: BOOTSTRAP_KEY,
      HEADROOM_STORE_URL: database.url,
      HEADROOM_REDIS_URL: redis.url,
      HEADROOM_EMBEDDER: 'openai',
      HEADROOM_EMBEDDER_MODEL: 'model',
      OPENAI_API_KEY: 'a-key',
      OPENAI_TARGET_API_URL: await service.start(),
    };
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    await Promise.all([redis.stop(), service.stop()]);
    await drop();
  });

  const asked = (): readonly string[] =>
    service.asked.map(({ text }) => text).filter((text) => text.startsWith('Ada'));

  test('what one was embedding when it was killed, another embeds', async () => {
    const doomed = await spawnServer(settings);
    service.isSilent = true;
    await remember(doomed, 'Ada plays chess');
    await until(
      () => Promise.resolve(service.calls),
      (calls) => calls > 0,
    );
    servers.push(await spawnServer(settings));
    await doomed.kill();
    service.isSilent = false;
    await until(
      () => pendingOf(servers[0]!),
      (pending) => pending === 0,
    );
    expect(asked()).toEqual(['Ada plays chess']);
  });

  test('are not disturbed by a server of another store on the same Redis', async () => {
    const { HEADROOM_STORE_URL: _other, ...embedded } = settings;
    const foreign = await spawnServer(embedded);
    for (let i = 0; i < 5; i++) {
      await remember(foreign, `Ada has ${i} cats`);
      await until(
        () => pendingOf(foreign),
        (pending) => pending === 0,
      );
    }
    expect(await foreign.stop()).toBe(0);
  });

  test('while Redis is away, requests are answered at once and memories are embedded', async () => {
    const [server] = servers as [SpawnedServer];
    await redis.kill();
    const startedAt = performance.now();
    expect((await remember(server, 'Ada plays go')).status).toBe(201);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await until(
      () => pendingOf(server),
      (pending) => pending === 0,
    );
    expect(asked()).toContain('Ada plays go');
    const ready = await send(`${server.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await queueOf(server)).toEqual({ status: 'degraded', kind: 'redis' });
    const { text } = await send(`${server.url}/metrics`, { headers: ADMIN });
    expect(text).toContain('headroom_queue_up 0');
    expect(text).not.toContain('headroom_jobs{');
    const list = await send(`${server.url}/v1/jobs/failed`, { headers: ADMIN });
    expect([list.status, problemOf(list).error.type]).toEqual([503, 'unavailable']);
  });

  test('one that starts meanwhile is ready too, and jobs go on when Redis is back, empty', async () => {
    const late = await spawnServer(settings);
    servers.push(late);
    expect(await queueOf(late)).toEqual({ status: 'degraded', kind: 'redis' });
    await redis.start();
    for (const server of servers) {
      await until(
        () => queueOf(server),
        ({ status }) => status === 'ok',
      );
    }
    await remember(late, 'Ada plays shogi');
    await until(
      () => pendingOf(late),
      (pending) => pending === 0,
    );
    const { text } = await send(`${late.url}/metrics`, { headers: ADMIN });
    expect(text).toContain('headroom_queue_up 1');
  });

  test('all of them stop in time and cleanly', async () => {
    const startedAt = performance.now();
    const codes = await Promise.all(servers.splice(0).map((server) => server.stop()));
    expect(codes).toEqual([0, 0]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});
