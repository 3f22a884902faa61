import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasClusterServices, startCluster, type Cluster } from '../support/cluster.js';
import { problemOf, send } from '../support/send.js';

describe.skipIf(!hasClusterServices)('two servers that start at once on one empty database', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.stop());

  const ask: Cluster['ask'] = (...asked) => cluster.ask(...asked);

  test('are both ready, the schema having been made once', async () => {
    for (const which of [0, 1] as const) {
      expect((await ask(which, '/readyz')).body).toMatchObject({ checks: { store: {}, queue: {} } });
      expect((await ask(which, '/readyz')).status).toBe(200);
    }
  });

  test('let a memory be superseded once, however many try through both', async () => {
    const made = await ask(0, '/v1/memories', { user_id: 'ada', content: 'Ada lives in Turin' });
    const path = `/v1/memories/${made.body['id'] as string}`;
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        ask(i % 2 === 0 ? 0 : 1, `${path}/supersede`, { content: `Ada lives in city ${i}` }),
      ),
    );
    const won = replies.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    const lost = replies.filter(({ status }) => status === 409);
    expect(lost).toHaveLength(99);
    for (const reply of lost) {
      expect(problemOf(reply).error).toMatchObject({
        type: 'conflict',
        details: { current_id: won[0]?.body['id'] },
      });
    }
    const history = await ask(1, `${path}/history`);
    expect(history.body['data']).toHaveLength(2);
    expect(history.body['current_id']).toBe(won[0]?.body['id']);
  });

  test('make a memory once for one Idempotency-Key, however many ask at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        send(`${cluster.servers[i % 2 === 0 ? 0 : 1].url}/v1/memories`, {
          json: { user_id: 'ada', content: 'asked for at once' },
          headers: { ...cluster.headers, 'idempotency-key': 'at-once' },
        }),
      ),
    );
    const made = replies.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map(({ body }) => body['id'])).size).toBe(1);
    expect(replies.every(({ status }) => status === 201 || status === 409)).toBe(true);
  });

  test('read what the other wrote', async () => {
    const memory = await ask(0, '/v1/memories', { user_id: 'bo', content: 'Bo keeps quaggas' });
    const found = await ask(1, '/v1/memories/search', { user_id: 'bo', query: 'who keeps quaggas' });
    expect(found.body['data']).toMatchObject([{ memory: { id: memory.body['id'] } }]);

    const entry = '/v1/shared-contexts/plan/entries/step%2F1';
    const content = 'exact \u0000 and 😀';
    expect((await ask(1, entry, { content }, 'PUT')).status).toBe(201);
    expect((await ask(0, `${entry}?full=true`)).body).toMatchObject({ content, version: 1 });
    expect((await ask(0, entry, { content: 'next' }, 'PUT')).body).toMatchObject({ version: 2 });

    const conversation = await ask(0, '/v1/conversations', { user_id: 'bo' });
    const messages = `/v1/conversations/${conversation.body['id'] as string}/messages`;
    const appended = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        ask(i % 2 === 0 ? 0 : 1, messages, { messages: [{ role: 'user', content: `said ${i}` }] }),
      ),
    );
    const indexes = appended.map(({ body }) => body['first_index'] as number).sort((a, b) => a - b);
    expect(indexes).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect((await ask(1, messages)).body['data']).toHaveLength(20);
  });

  test('redeem what the other compressed', async () => {
    const rows = Array.from({ length: 300 }, (_, id) => ({ id, name: `row ${id}`, load: Math.sin(id) }));
    const content = JSON.stringify(rows);
    const compressed = await ask(0, '/v1/compress', {
      model: 'gpt-4o',
      messages: [
        { role: 'user', content: 'look' },
        { role: 'tool', tool_call_id: 'c', content },
      ],
    });
    const [hash] = compressed.body['ccr_hashes'] as string[];
    expect(compressed.text).toContain(`hash=${hash ?? ''}`);
    expect((await ask(1, `/v1/retrieve/${hash ?? ''}`)).body).toMatchObject({ original_content: content });
  });

  test("never show a tenant's rows to another tenant's key", async () => {
    const memory = await ask(0, '/v1/memories', { user_id: 'bo', content: 'of acme alone' });
    const conversation = await ask(0, '/v1/conversations', { user_id: 'bo' });
    await ask(0, '/v1/shared-contexts/plan/entries/own', { content: 'x' }, 'PUT');
    const headers = await cluster.keyOf('globex');
    for (const path of [
      `/v1/memories/${memory.body['id'] as string}`,
      `/v1/conversations/${conversation.body['id'] as string}`,
      '/v1/shared-contexts/plan/entries/own',
    ]) {
      for (const { url } of cluster.servers) {
        expect((await send(`${url}${path}`, { headers })).status, path).toBe(404);
      }
    }
    const found = await send(`${cluster.servers[1].url}/v1/memories/search`, {
      json: { user_id: 'bo', query: 'acme' },
      headers,
    });
    expect(found.body['data']).toEqual([]);
  });

  test('go on when the other is killed', async () => {
    const before = await ask(0, '/v1/memories', { user_id: 'cy', content: 'told before the crash' });
    const doomed = Array.from({ length: 20 }, (_, i) =>
      ask(0, '/v1/memories', { user_id: 'cy', content: `in flight ${i}` }).catch(() => undefined),
    );
    await cluster.servers[0].kill();
    await Promise.all(doomed);
    expect((await ask(1, `/v1/memories/${before.body['id'] as string}`)).status).toBe(200);
    const after = await ask(1, `/v1/memories/${before.body['id'] as string}/supersede`, {
      content: 'told after the crash',
    });
    expect(after.status).toBe(201);
    expect((await ask(1, '/readyz')).status).toBe(200);
  });
});
