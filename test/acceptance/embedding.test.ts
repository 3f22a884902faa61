import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EmbeddingService } from '../support/embedding-service.js';
import { GLOVE, GLOVE_FOLDER, hasGlove } from '../support/glove-model.js';
import { createPostgresDatabase } from '../support/postgres.js';
import { ScriptedHub } from '../support/scripted-hub.js';
import { send } from '../support/send.js';
import { addressOf } from '../support/services.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';
import { until } from '../support/until.js';

interface Embedder {
  readonly status: string;
  readonly model: string | null;
  readonly mode: string;
  readonly pending: number;
  readonly done?: number;
  readonly total?: number;
  readonly percent?: number;
  readonly previous_model?: string;
  readonly detail?: string;
}

async function embedderOf({ url }: SpawnedServer): Promise<Embedder> {
  const { body } = await send(`${url}/readyz`);
  return (body['checks'] as { embedder: Embedder }).embedder;
}

const isSettled = ({ pending }: Embedder): boolean => pending === 0;

async function remember({ url }: SpawnedServer, contents: readonly string[]): Promise<void> {
  const memories = contents.map((content) => ({ user_id: 'ada', content }));
  const { status } = await send(`${url}/v1/memories/batch`, { json: { memories } });
  expect(status).toBe(200);
}

const texts = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `memory ${i} ${'x'.repeat(i)}`);

describe('with an embedding service', () => {
  let service: EmbeddingService;
  let dataDir: string;
  let serviceUrl: string;
  const servers: SpawnedServer[] = [];
  beforeEach(async () => {
    service = new EmbeddingService();
    serviceUrl = await service.start();
    dataDir = mkdtempSync(join(tmpdir(), 'headroom-embedding-'));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.kill()));
    await service.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (model: string, settings: Record<string, string> = {}): Promise<SpawnedServer> => {
    const server = await spawnServer({
      HEADROOM_DATA_DIR: dataDir,
      HEADROOM_EMBEDDER: 'openai',
      HEADROOM_EMBEDDER_MODEL: model,
      OPENAI_API_KEY: 'a-key',
      OPENAI_TARGET_API_URL: serviceUrl,
      ...settings,
    });
    servers.push(server);
    return server;
  };
  const askedFor = (model: string): string[] =>
    service.asked
      .filter((asked) => asked.model === model && asked.text.startsWith('memory'))
      .map(({ text }) => text);

  test('a change of model goes on after a crash, and both models serve meanwhile', async () => {
    const contents = texts(400);
    const before = await start('first');
    await remember(before, contents.slice(0, 200));
    await remember(before, contents.slice(200));
    await until(() => embedderOf(before), isSettled);
    expect(await before.stop()).toBe(0);

    service.delayMs = 150;
    const changing = await start('second');
    const half = await until(
      () => embedderOf(changing),
      ({ done = 0 }) => done > 0,
    );
    expect(half).toMatchObject({ model: 'second', mode: 'hybrid', previous_model: 'first', total: 400 });
    const { body } = await send(`${changing.url}/v1/memories/search`, {
      json: { user_id: 'ada', query: 'a question', mode: 'semantic' },
    });
    expect(body['mode']).toBe('semantic');
    const models = service.asked.filter(({ text }) => text === 'a question').map(({ model }) => model);
    expect(models.toSorted()).toEqual(['first', 'second']);
    await changing.kill();

    const after = await start('second');
    const left = await embedderOf(after);
    expect(left.pending).toBeLessThan(400);
    const done = await until(() => embedderOf(after), isSettled);
    expect(done).toEqual({
      status: 'ok',
      model: 'second',
      mode: 'hybrid',
      pending: 0,
      reason: 'OpenAI: second',
    });
    expect(new Set(askedFor('second'))).toEqual(new Set(contents));
    // What was being embedded when the process died is all that is embedded twice.
    expect(askedFor('second').length - contents.length).toBeLessThanOrEqual(64);
    const stats = await send(`${after.url}/stats`);
    expect(stats.body['embedder']).toEqual({ model: 'second', mode: 'hybrid', pending: 0 });
  });

  test('a write waits for no slow service, and no search waits behind a backlog', async () => {
    service.delayMs = 400;
    const server = await start('first');
    for (let i = 0; i < 4; i++) await remember(server, texts(200 * (i + 1)).slice(200 * i));
    const written = await send(`${server.url}/v1/memories`, {
      json: { user_id: 'ada', content: 'Ada plays chess' },
    });
    expect(written.status).toBe(201);
    expect((await embedderOf(server)).pending).toBeGreaterThan(400);
    const found = await send(`${server.url}/v1/memories/search`, {
      json: { user_id: 'ada', query: 'chess' },
    });
    expect(found.body).toMatchObject({ mode: 'hybrid' });
    expect((await embedderOf(server)).pending).toBeGreaterThan(0);
  });

  describe.skipIf(addressOf('PostgreSQL') === undefined)('shared by two servers on one PostgreSQL', () => {
    test('what one embeds the other does not, and it takes over when that one dies', async () => {
      const { url, drop } = await createPostgresDatabase();
      service.delayMs = 100;
      try {
        const one = await start('first', { HEADROOM_STORE_URL: url });
        await remember(one, texts(200));
        const other = await start('first', { HEADROOM_STORE_URL: url });
        await until(() => embedderOf(other), isSettled);
        expect(askedFor('first').toSorted()).toEqual(texts(200).toSorted());

        service.delayMs = 1_000;
        await remember(one, texts(400).slice(200));
        await until(
          () => Promise.resolve(askedFor('first').length),
          (count) => count > 200,
        );
        await remember(other, ['memory of the other']);
        await one.kill();
        service.delayMs = 0;
        await until(() => embedderOf(other), isSettled);
        expect(new Set(askedFor('first'))).toEqual(new Set([...texts(400), 'memory of the other']));
      } finally {
        await Promise.all(servers.splice(0).map((server) => server.kill()));
        await drop();
      }
    });
  });
});

describe.skipIf(!hasGlove)('with a local model that has to be fetched', () => {
  const ONNX = 'onnx/model_quantized.onnx';
  let hub: ScriptedHub;
  let server: SpawnedServer | undefined;
  let hubUrl: string;
  beforeEach(async () => {
    hub = new ScriptedHub(GLOVE_FOLDER, `Xenova/${GLOVE.model}`);
    hubUrl = await hub.start();
  });
  afterEach(async () => {
    await server?.stop();
    await hub.stop();
  });

  const start = async (settings: Record<string, string> = {}): Promise<SpawnedServer> =>
    (server = await spawnServer({
      HEADROOM_EMBEDDER: 'auto',
      HEADROOM_EMBEDDER_MODEL: GLOVE.model,
      HEADROOM_MODEL_DOWNLOAD: 'on',
      HEADROOM_MODEL_HUB_URL: hubUrl,
      ...settings,
    }));

  test('keywords answer until it is there, and then meaning does, without a restart', async () => {
    let finish: () => void = () => undefined;
    hub.script = ({ file }, response) => {
      if (file !== ONNX) return false;
      const content = hub.contentOf(file);
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, content.length / 2));
      finish = () => response.end(content.subarray(content.length / 2));
      return true;
    };
    const fetching = await start();
    const half = await until(
      () => embedderOf(fetching),
      ({ percent = 0 }) => percent >= 40,
    );
    expect(half).toMatchObject({ status: 'downloading', model: GLOVE.model, mode: 'keyword', pending: 0 });
    await remember(fetching, ['The doctor treats patients', 'Stocks fell on the market']);
    const search = async () =>
      (
        await send(`${fetching.url}/v1/memories/search`, {
          json: { user_id: 'ada', query: 'physician in a hospital' },
        })
      ).body;
    expect(await search()).toMatchObject({ mode: 'keyword', data: [] });
    expect((await embedderOf(fetching)).pending).toBe(2);
    finish();
    const there = await until(
      () => embedderOf(fetching),
      ({ status, pending }) => status === 'ok' && pending === 0,
    );
    expect(there).toMatchObject({ model: GLOVE.model, mode: 'hybrid' });
    expect(await search()).toMatchObject({
      mode: 'hybrid',
      data: [{ memory: { content: 'The doctor treats patients' } }],
    });
    expect(fetching.output()).toMatch(/downloading the embedding model glove50-static-384 from/);
  });

  test('nothing is fetched where that is switched off', async () => {
    const silent = await start({ HEADROOM_MODEL_DOWNLOAD: 'off' });
    expect(await embedderOf(silent)).toMatchObject({
      status: 'ok',
      model: null,
      mode: 'keyword',
      pending: 0,
    });
    expect(hub.requests).toEqual([]);
  });

  test('a model that was asked for by name and cannot be had is told, and keywords answer', async () => {
    const lost = await start({ HEADROOM_EMBEDDER: 'transformers', HEADROOM_EMBEDDER_MODEL: 'no-such-model' });
    const told = await until(
      () => embedderOf(lost),
      ({ detail = '' }) => detail.includes('404'),
    );
    expect(told).toMatchObject({ status: 'degraded', mode: 'keyword', pending: 0 });
    expect((await send(`${lost.url}/readyz`)).status).toBe(200);
    await remember(lost, ['Ada plays chess']);
    const found = await send(`${lost.url}/v1/memories/search`, { json: { user_id: 'ada', query: 'chess' } });
    expect(found.body).toMatchObject({ mode: 'keyword', data: [{ memory: { content: 'Ada plays chess' } }] });
  });
});
