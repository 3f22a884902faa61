import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anApp, type AnApp, type JsonReply } from '../support/an-app.js';

let app: AnApp;
beforeAll(async () => {
  app = await anApp();
});
afterAll(() => app.close());

const AWKWARD = 'a/b %2F "quoted" 😀';
const remember = (content: string, more: object = {}): Promise<JsonReply> =>
  app.send('POST', '/v1/memories', { content, user_id: 'ann', ...more });
const idOf = (reply: JsonReply): string => String(reply.body['id']);

describe('a memory over HTTP', () => {
  it('is made once; the same text again is the same memory', async () => {
    const made = await remember('Ann works at Acme', {
      category: 'fact',
      importance: 0.8,
      metadata: { k: [1] },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      content: 'Ann works at Acme',
      importance: 0.8,
      scope_level: 'user',
      superseded_by: null,
      deduplicated: false,
    });
    expect(made.body['created_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const again = await remember('Ann works at Acme');
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: idOf(made), deduplicated: true });
    const read = await app.send('GET', `/v1/memories/${idOf(made)}`);
    expect(read.body).toMatchObject({ id: idOf(made), metadata: { k: [1] } });
  });

  it('changes under its ETag, but for its content', async () => {
    const made = await remember('Ann likes jasmine tea');
    const path = `/v1/memories/${idOf(made)}`;
    const etag = String(made.headers['etag']);
    const patched = await app.send('PATCH', path, { importance: 0.9 }, { 'if-match': etag });
    expect(patched.body).toMatchObject({ importance: 0.9 });
    expect(patched.headers['etag']).not.toBe(etag);
    const stale = await app.send('PATCH', path, { importance: 0.1 }, { 'if-match': etag });
    expect(stale.status).toBe(412);
    expect((await app.send('DELETE', path, undefined, { 'if-match': etag })).status).toBe(412);
    const content = await app.send('PATCH', path, { content: 'Ann likes coffee' });
    expect(content.status).toBe(400);
    expect(content.body['detail']).toContain('content');
    expect((await app.send('DELETE', path)).status).toBe(204);
  });

  it('is superseded once, and its chain is told from any member', async () => {
    const old = await remember('Ann lives in Oslo');
    const newer = await app.send('POST', `/v1/memories/${idOf(old)}/supersede`, {
      content: 'Ann lives in Bergen',
      reason: 'moved',
    });
    expect(newer.status).toBe(201);
    expect(newer.body).toMatchObject({ supersedes: idOf(old), reason: 'moved' });
    const fork = await app.send('POST', `/v1/memories/${idOf(old)}/supersede`, {
      content: 'Ann lives in Rome',
    });
    expect(fork.status).toBe(409);
    expect(fork.body).toMatchObject({ error: { type: 'conflict', details: { current_id: idOf(newer) } } });
    for (const id of [idOf(old), idOf(newer)]) {
      const { body } = await app.send('GET', `/v1/memories/${id}/history`);
      expect(body).toMatchObject({ data: [{ id: idOf(old) }, { id: idOf(newer) }], current_id: idOf(newer) });
    }
    const restored = await app.send('POST', `/v1/memories/${idOf(old)}/restore`);
    expect(restored.status).toBe(201);
    expect(restored.body).toMatchObject({ content: 'Ann lives in Oslo', supersedes: idOf(newer) });
  });

  it('is promoted to a broader scope alone', async () => {
    const made = await remember('The build is red', { session_id: 's1' });
    const promoted = await app.send('POST', `/v1/memories/${idOf(made)}/promote`, { to: 'user' });
    expect(promoted.status).toBe(201);
    expect(promoted.body).toMatchObject({ promoted_from: idOf(made), scope_level: 'user', session_id: null });
    expect((await app.send('POST', `/v1/memories/${idOf(promoted)}/promote`, { to: 'session' })).status).toBe(
      400,
    );
  });

  it('is unknown when nobody made it', async () => {
    for (const id of ['mem_unknown', encodeURIComponent(AWKWARD), 'x'.repeat(512)]) {
      const reply = await app.send('GET', `/v1/memories/${id}`);
      expect(reply.status).toBe(404);
      expect(reply.body).toMatchObject({ error: { type: 'not_found' }, status: 404 });
    }
  });

  it('is refused with every fault named', async () => {
    const faulty = await app.send('POST', '/v1/memories', { content: 5, importance: 2, colour: 'red' });
    expect(faulty.status).toBe(400);
    for (const path of ['content', 'importance', 'user_id', 'colour'])
      expect(faulty.body['detail']).toContain(path);
    for (const id of ['', 'NUL\u0000', 'x'.repeat(513)]) {
      expect((await app.send('POST', '/v1/memories', { content: 'x', user_id: id })).status).toBe(400);
    }
  });

  it('is refused when it holds a secret, without repeating it', async () => {
    const secret = `sk-proj-${'a1B2'.repeat(12)}`;
    const refused = await remember(`The key is ${secret}`);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ error: { type: 'secret_refused' } });
    expect(refused.text).not.toContain(secret);
  });
});

describe('many memories over HTTP', () => {
  it('are made in one batch in which each answers for itself', async () => {
    const { status, body } = await app.send('POST', '/v1/memories/batch', {
      memories: [
        { content: 'one', user_id: 'batch' },
        { content: 7, user_id: 'batch' },
        { content: 'one', user_id: 'batch' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: [
        { index: 0, status: 'created', memory: { content: 'one' } },
        { index: 1, status: 'error', error: { type: 'validation_error' } },
        { index: 2, status: 'duplicate' },
      ],
    });
  });

  it('are listed page by page, by scope and by filters', async () => {
    const user = { user_id: AWKWARD };
    for (const content of ['first', 'second', 'third'])
      await remember(content, { ...user, category: 'insight' });
    await remember('in a session', { ...user, session_id: 's/1' });
    const list = (query: Record<string, string>): Promise<JsonReply> =>
      app.send('GET', `/v1/memories?${new URLSearchParams({ user_id: AWKWARD, ...query }).toString()}`);
    const first = await list({ limit: '2' });
    expect(first.body).toMatchObject({ data: [{ content: 'third' }, { content: 'second' }] });
    const rest = await list({ limit: '2', cursor: String(first.body['next_cursor']) });
    expect(rest.body).toMatchObject({ data: [{ content: 'first' }], next_cursor: null });
    expect((await list({ session_id: 's/1', scope: 'exact' })).body).toMatchObject({
      data: [{ session_id: 's/1' }],
    });
    expect((await list({ scope: 'subtree' })).body['data']).toHaveLength(4);
    expect((await list({ order: 'asc', category: 'insight' })).body).toMatchObject({
      data: [{ content: 'first' }, {}, {}],
    });
    expect((await list({ cursor: 'nonsense' })).status).toBe(400);
    expect((await list({ limit: '0' })).status).toBe(400);
    expect((await list({ category: 'colour' })).status).toBe(400);
  });

  it('are searched, and a filter that is unknown is named', async () => {
    await remember('Bob collects stamps', {
      user_id: 'bob',
      importance: 0.9,
      metadata: { project: 'apollo' },
    });
    await remember('Bob collects coins', { user_id: 'bob', importance: 0.1 });
    const search = (more: object): Promise<JsonReply> =>
      app.send('POST', '/v1/memories/search', { query: 'what does Bob collect', user_id: 'bob', ...more });
    const found = await search({});
    expect(found.status).toBe(200);
    expect(found.body).toMatchObject({
      mode: 'keyword',
      suppressed: { superseded: 0, expired: 0, shadowed: 0 },
    });
    expect(found.body['data']).toHaveLength(2);
    const filtered = await search({ filter: { importance: { gte: 0.5 }, 'metadata.project': 'apollo' } });
    expect(filtered.body).toMatchObject({
      data: [{ memory: { content: 'Bob collects stamps' }, scope_level: 'user' }],
    });
    expect(filtered.body['data']).toHaveLength(1);
    const unknown = await search({ filter: { colour: 'red' } });
    expect(unknown.status).toBe(400);
    expect(unknown.body['detail']).toContain('colour');
    expect((await search({ top_k: 101 })).status).toBe(400);
  });

  it('are injected into a chat and extracted from an answer', async () => {
    await remember('Cleo is allergic to nuts', { user_id: 'cleo' });
    const messages = [{ role: 'user', content: 'What is Cleo allergic to?' }];
    const injected = await app.send('POST', '/v1/memories/inject', {
      messages,
      user_id: 'cleo',
      extract: false,
    });
    expect(injected.body).toMatchObject({ memories: [{ content: 'Cleo is allergic to nuts' }] });
    expect(injected.body['tokens_added']).toBeGreaterThan(0);
    const content =
      'Noted. <memory>{"memories":[{"content":"Cleo likes figs","category":"preference"}]}</memory>';
    const extracted = await app.send('POST', '/v1/memories/extract', { content, user_id: 'cleo' });
    expect(extracted.body).toMatchObject({
      content: 'Noted.',
      stored: [{ content: 'Cleo likes figs' }],
      rejected: [],
    });
  });

  it('are counted and erased by scope, and with their user', async () => {
    await remember('one', { user_id: 'dan' });
    await remember('two', { user_id: 'dan', session_id: 's' });
    expect((await app.send('GET', '/v1/memories/stats?user_id=dan')).body).toMatchObject({
      total: 2,
      current: 2,
      by_scope_level: { user: 1, session: 1 },
    });
    expect((await app.send('DELETE', '/v1/memories?user_id=dan&session_id=s')).body).toEqual({
      deleted: { memories: 1 },
    });
    expect((await app.send('DELETE', '/v1/users/dan')).body).toMatchObject({ erased: { memories: 1 } });
    expect((await app.send('GET', '/v1/memories?user_id=dan')).body).toMatchObject({ data: [] });
  });
});

describe('memories behind a key', () => {
  it('of a user are out of reach for a key of another', async () => {
    const locked = await anApp({ HEADROOM_API_KEY: 'bootstrap-key-of-this-test-0123456789' });
    const owner = { authorization: 'Bearer bootstrap-key-of-this-test-0123456789' };
    try {
      const key = await locked.send('POST', '/v1/keys', { name: 'ann', users: ['ann'] }, owner);
      const ann = { authorization: `Bearer ${String(key.body['key'])}` };
      const body = { content: 'x', user_id: 'ann' };
      expect((await locked.send('POST', '/v1/memories', body)).status).toBe(401);
      expect((await locked.send('POST', '/v1/memories', body, ann)).status).toBe(201);
      expect((await locked.send('POST', '/v1/memories', { ...body, user_id: 'bob' }, ann)).status).toBe(403);
      expect((await locked.send('GET', '/v1/memories?user_id=bob', undefined, ann)).status).toBe(403);
      const messages = [{ role: 'user', content: 'Hello' }];
      const asBob = { ...ann, 'x-headroom-user-id': 'bob' };
      expect((await locked.send('POST', '/v1/compress', { messages }, asBob)).status).toBe(403);
      expect((await locked.send('POST', '/v1/context', { messages, user_id: 'bob' }, ann)).status).toBe(403);
      expect((await locked.send('POST', '/v1/context', { messages, user_id: 'ann' }, ann)).status).toBe(200);
    } finally {
      await locked.close();
    }
  });
});
