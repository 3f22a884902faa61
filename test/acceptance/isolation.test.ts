import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemOf, send, type Reply } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const BOOTSTRAP_KEY = 'a-bootstrap-key-of-this-test';

let server: SpawnedServer;
const keys: Record<string, string> = {};

beforeAll(async () => {
  server = await spawnServer({ HEADROOM_API_KEY: BOOTSTRAP_KEY });
  for (const [name, bounds] of Object.entries({
    globex: { tenant: 'globex' },
    ada: { tenant: 'acme', users: ['ada', 'a'] },
    bob: { tenant: 'acme', users: ['bob', 'ab', 'a/b', 'a%', 'A'] },
  })) {
    const made = await send(`${server.url}/v1/keys`, {
      json: { name, ...bounds },
      headers: { authorization: `Bearer ${BOOTSTRAP_KEY}` },
    });
    keys[name] = made.body['key'] as string;
  }
});
afterAll(() => server.stop());

function as(name: string, method: string, path: string, json?: unknown, headers = {}): Promise<Reply> {
  const authorization = { authorization: `Bearer ${keys[name] ?? ''}`, ...headers };
  return send(`${server.url}${path}`, {
    method,
    headers: authorization,
    ...(json !== undefined && { json }),
  });
}

/** Each of them met by a key of another user of the tenant, and by a key of another tenant. */
async function expectOutOfReach(requests: readonly (readonly [string, string, unknown?])[]): Promise<void> {
  for (const [method, path, json] of requests) {
    const neighbour = await as('ada', method, path, json);
    expect([neighbour.status, problemOf(neighbour).error.type], `${method} ${path}`).toEqual([
      403,
      'forbidden',
    ]);
    const stranger = await as('globex', method, path, json);
    expect([stranger.status, problemOf(stranger).error.type], `${method} ${path}`).toEqual([
      404,
      'not_found',
    ]);
  }
}

describe('what belongs to another user', () => {
  test('is forbidden by its id, and to another tenant it is not there: memories', async () => {
    const made = await as('bob', 'POST', '/v1/memories', { user_id: 'bob', content: 'a secret zebra' });
    const memory = `/v1/memories/${made.body['id'] as string}`;
    await expectOutOfReach([
      ['GET', memory],
      ['PATCH', memory, { importance: 1 }],
      ['POST', `${memory}/supersede`, { content: 'taken' }],
      ['GET', `${memory}/history`],
      ['POST', `${memory}/restore`],
      ['POST', `${memory}/promote`, { to: 'user' }],
      ['DELETE', memory],
    ]);
    expect((await as('bob', 'GET', memory)).body).toMatchObject({ content: 'a secret zebra', version: 1 });
  });

  test('is forbidden by its id, and to another tenant it is not there: conversations', async () => {
    const made = await as('bob', 'POST', '/v1/conversations', { user_id: 'bob' });
    const conversation = `/v1/conversations/${made.body['id'] as string}`;
    const messages = [{ role: 'user', content: 'between us' }];
    expect((await as('bob', 'POST', `${conversation}/messages`, { messages })).status).toBe(201);
    await expectOutOfReach([
      ['GET', conversation],
      ['GET', `${conversation}/messages`],
      ['POST', `${conversation}/messages`, { messages }],
      ['POST', `${conversation}/context`, {}],
      ['DELETE', conversation],
    ]);
    expect((await as('bob', 'GET', conversation)).body).toMatchObject({ message_count: 1 });
  });

  test('is forbidden by its key, and to another tenant it is not there: entries', async () => {
    const entry = '/v1/shared-contexts/plan/entries/step';
    expect((await as('bob', 'PUT', entry, { content: 'of bob', user_id: 'bob' })).status).toBe(201);
    await expectOutOfReach([
      ['GET', entry],
      ['GET', `${entry}?full=true`],
      ['DELETE', entry],
    ]);
    for (const json of [{ content: 'x' }, { content: 'x', user_id: 'ada' }]) {
      expect((await as('ada', 'PUT', entry, json)).status).toBe(403);
      expect((await as('ada', 'PUT', entry, json, { 'if-match': '*' })).status).toBe(403);
    }
    expect((await as('ada', 'GET', '/v1/shared-contexts/plan/entries')).body['data']).toEqual([]);
    expect((await as('ada', 'DELETE', '/v1/shared-contexts/plan/entries')).body).toEqual({
      deleted: { entries: 0 },
    });
    expect((await as('bob', 'GET', entry)).body).toMatchObject({ content: 'of bob' });
  });

  test('is never seen by a user whose name is nearly the same', async () => {
    for (const user_id of ['ab', 'a/b', 'a%', 'A']) {
      await as('bob', 'POST', '/v1/memories', { user_id, content: `a quagga of ${user_id}` });
    }
    const found = await as('ada', 'POST', '/v1/memories/search', { user_id: 'a', query: 'quagga' });
    expect([found.status, found.body['data']]).toEqual([200, []]);
  });
});

describe('a key bound to users', () => {
  const messages = [{ role: 'user', content: 'hello' }];
  test.each([
    ['POST', '/v1/memories', { user_id: 'bob', content: 'x' }],
    ['GET', '/v1/memories?user_id=bob', undefined],
    ['DELETE', '/v1/memories?user_id=bob', undefined],
    ['GET', '/v1/memories/stats?user_id=bob', undefined],
    ['POST', '/v1/memories/search', { user_id: 'bob', query: 'x' }],
    ['POST', '/v1/memories/inject', { user_id: 'bob', messages }],
    ['POST', '/v1/memories/extract', { user_id: 'bob', content: 'x' }],
    ['POST', '/v1/conversations', { user_id: 'bob' }],
    ['GET', '/v1/conversations?user_id=bob', undefined],
    ['POST', '/v1/context', { user_id: 'bob', messages, memories: true }],
    ['PUT', '/v1/shared-contexts/c/entries/k', { user_id: 'bob', content: 'x' }],
    ['DELETE', '/v1/users/bob', undefined],
  ])('cannot leave them by %s %s', async (method, path, json) => {
    const reply = await as('ada', method, path, json);
    expect([reply.status, problemOf(reply).error.type]).toEqual([403, 'forbidden']);
  });

  test("cannot leave them by a header of a provider's route either, and is told so in its shape", async () => {
    const headers = { 'x-headroom-user-id': 'bob' };
    const reply = await as('ada', 'POST', '/v1/chat/completions', { model: 'gpt-4o', messages }, headers);
    expect(reply.status).toBe(403);
    expect(reply.body).toMatchObject({ error: { type: 'permission_error', code: 'forbidden' } });
  });
});

describe('the id of a path', () => {
  test('is named when it cannot be one', async () => {
    const reply = await as('ada', 'GET', `/v1/shared-contexts/${'x'.repeat(513)}/entries/k`);
    expect(reply.status).toBe(400);
    expect(problemOf(reply).error.details.errors).toMatchObject([{ path: 'context' }]);
  });

  test('has up to 512 characters, an emoji being one', async () => {
    const id = encodeURIComponent('😀'.repeat(512));
    const entry = `/v1/shared-contexts/${id}/entries/${id}`;
    expect((await as('ada', 'PUT', entry, { content: 'for you' })).status).toBe(201);
    expect((await as('ada', 'GET', entry)).body).toMatchObject({ key: '😀'.repeat(512) });
  });
});
