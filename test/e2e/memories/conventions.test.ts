import { describe, expect, it } from 'vitest';
import { AMemoryApp, type WireMemory } from './a-memory-app.js';

const room = new AMemoryApp();

describe('If-Match', () => {
  const writes = [
    ['PATCH', '', { importance: 1 }],
    ['DELETE', '', undefined],
    ['POST', '/supersede', { content: 'newer' }],
    ['POST', '/promote', { to: 'user' }],
    ['POST', '/restore', {}],
  ] as const;

  it.each(writes)(
    'on %s %s lets a write pass for the version that was read, and for none else',
    async (method, path, body) => {
      const memory = await room.remember({ user_id: room.newUser(), session_id: 's', content: 'one' });
      if (path === '/restore') await room.supersede(memory.id, { content: 'two' });
      const url = `/v1/memories/${memory.id}`;
      const etag = String((await room.send('GET', url)).headers['etag']);
      for (const stale of ['"99"', '"0"', 'W/"1"', '1', '"one"', 'nonsense']) {
        const refused = await room.send(method, url + path, body, { 'if-match': stale });
        expect([stale, refused.status, (refused.body['error'] as { type: string }).type]).toEqual([
          stale,
          412,
          'precondition_failed',
        ]);
      }
      const list = await room.send(method, url + path, body, { 'if-match': `${etag}, "99"` });
      expect([list.status, list.body['detail']]).toEqual([400, 'If-Match: give one ETag']);
      expect((await room.send('GET', url)).headers['etag']).toBe(etag);
      expect((await room.send(method, url + path, body, { 'if-match': etag })).status).toBeLessThan(300);
    },
  );

  it.each(writes)('* on %s %s asks only that there is something', async (method, path, body) => {
    const memory = await room.remember({ user_id: room.newUser(), session_id: 's', content: 'one' });
    if (path === '/restore') await room.supersede(memory.id, { content: 'two' });
    const any = { 'if-match': '*' };
    expect((await room.send(method, `/v1/memories/${memory.id}${path}`, body, any)).status).toBeLessThan(300);
    expect((await room.send(method, `/v1/memories/mem_nobodys${path}`, body, any)).status).toBe(404);
  });

  it('on an entry of a shared context works the same', async () => {
    const url = '/v1/shared-contexts/c/entries/k';
    expect((await room.send('PUT', url, { content: 'x' }, { 'if-match': '*' })).status).toBe(412);
    const made = await room.send('PUT', url, { content: 'x' }, { 'if-none-match': '*' });
    expect([made.status, made.headers['etag']]).toEqual([201, '"1"']);
    expect((await room.send('PUT', url, { content: 'y' }, { 'if-none-match': '*' })).status).toBe(412);
    expect((await room.send('PUT', url, { content: 'y' }, { 'if-match': '"9"' })).status).toBe(412);
    expect((await room.send('PUT', url, { content: 'y' }, { 'if-match': '"1"' })).status).toBe(200);
    expect((await room.send('DELETE', url, undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await room.send('DELETE', url, undefined, { 'if-match': '"2"' })).status).toBe(204);
  });
});

describe('Idempotency-Key', () => {
  let keys = 0;
  const newKey = () => ({ 'idempotency-key': `key ${++keys}` });
  const aMemory = () => room.remember({ user_id: room.newUser(), session_id: 's', content: 'one' });
  const creating: readonly (readonly [
    string,
    () => Promise<readonly [path: string, body: Record<string, unknown>]>,
  ])[] = [
    ['memories', () => Promise.resolve(['/v1/memories', { user_id: room.newUser(), content: 'one' }])],
    [
      'batches',
      () =>
        Promise.resolve(['/v1/memories/batch', { memories: [{ user_id: room.newUser(), content: 'one' }] }]),
    ],
    ['successors', async () => [`/v1/memories/${(await aMemory()).id}/supersede`, { content: 'two' }]],
    ['promotions', async () => [`/v1/memories/${(await aMemory()).id}/promote`, { to: 'user' }]],
    [
      'extracts',
      () =>
        Promise.resolve([
          '/v1/memories/extract',
          { user_id: room.newUser(), content: '<memory>{"memories":[{"content":"one"}]}</memory>' },
        ]),
    ],
    ['conversations', () => Promise.resolve(['/v1/conversations', { user_id: room.newUser() }])],
    [
      'messages',
      async () => {
        const made = await room.send('POST', '/v1/conversations', { user_id: room.newUser() });
        return [
          `/v1/conversations/${String(made.body['id'])}/messages`,
          { messages: [{ role: 'user', content: 'one' }] },
        ];
      },
    ],
    [
      'a fork',
      async () => {
        const made = await room.send('POST', '/v1/conversations', { user_id: room.newUser() });
        return [`/v1/conversations/${String(made.body['id'])}/fork`, {}];
      },
    ],
  ];

  it.each(creating)(
    'makes %s once, gives the same bytes again, and is refused for anything else',
    async (_, prepare) => {
      const [path, body] = await prepare();
      const key = newKey();
      const first = await room.send('POST', path, body, key);
      const again = await room.send('POST', path, body, key);
      expect(first.status).toBeLessThan(300);
      expect([again.status, again.text, again.headers['etag']]).toEqual([
        first.status,
        first.text,
        first.headers['etag'],
      ]);
      expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([
        undefined,
        'true',
      ]);
      const other = await room.send('POST', path, { ...body, more: 1 }, key);
      expect([other.status, (other.body['error'] as { type: string }).type]).toEqual([409, 'conflict']);
      const elsewhere = await room.send('POST', '/v1/memories/search', { user_id: 'u', query: 'x' }, key);
      expect(elsewhere.status).toBe(409);
      room.clock.advanceSeconds(86_400);
      expect((await room.send('POST', path, body, key)).headers['idempotent-replayed']).toBeUndefined();
    },
  );

  it('of many at once makes one', async () => {
    const [user_id, key] = [room.newUser(), newKey()];
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => room.send('POST', '/v1/memories', { user_id, content: 'one' }, key)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(
      new Set(replies.some(({ status }) => status === 409) ? [201, 409] : [201]),
    );
    expect(await room.contents({ user_id })).toEqual(['one']);
    const [memory] = (await room.list({ user_id })).body['data'] as WireMemory[];
    expect(memory).toMatchObject({ also_seen: [], version: 1 });
  });

  it('that is empty or too long is refused', async () => {
    for (const key of ['', 'k'.repeat(256)]) {
      const body = { user_id: room.newUser(), content: 'one' };
      expect((await room.send('POST', '/v1/memories', body, { 'idempotency-key': key })).status).toBe(400);
    }
  });
});

describe('what nobody documents', () => {
  it.each([
    ['/v1/memories', { user_id: 'u', content: 'x' }],
    ['/v1/memories/batch', { memories: [{ user_id: 'u', content: 'x' }] }],
    ['/v1/memories/search', { user_id: 'u', query: 'x' }],
    ['/v1/memories/inject', { user_id: 'u', messages: [{ role: 'user', content: 'x' }] }],
    ['/v1/memories/extract', { user_id: 'u', content: 'x' }],
    ['/v1/memories/mem_1/supersede', { content: 'x' }],
    ['/v1/memories/mem_1/promote', { to: 'user' }],
    ['/v1/memories/mem_1/restore', {}],
    ['/v1/conversations', { user_id: 'u' }],
    ['/v1/context', { messages: [{ role: 'user', content: 'x' }] }],
  ])('in the body of POST %s is named', async (path, body) => {
    const refused = await room.send('POST', path, { ...body, colour: 'red', __proto__: null });
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({
      error: { type: 'validation_error', details: { errors: [{ path: 'colour' }] } },
    });
  });

  it('in an item of a batch or in its source is named there', async () => {
    const { body } = await room.send('POST', '/v1/memories/batch', {
      memories: [
        { user_id: 'u', content: 'x', colour: 'red' },
        { user_id: 'u', content: 'y', source: { page: 3 } },
      ],
    });
    expect(body).toMatchObject({
      data: [
        { index: 0, status: 'error', error: { details: { errors: [{ path: 'colour' }] } } },
        { index: 1, status: 'error', error: { details: { errors: [{ path: 'source.page' }] } } },
      ],
    });
  });

  it.each(['/v1/memories', '/v1/memories/stats', '/v1/conversations', '/v1/shared-contexts/c/entries'])(
    'in the query of GET %s is named',
    async (path) => {
      const refused = await room.send('GET', `${path}?user_id=u&sesion_id=s`);
      expect(refused.status).toBe(400);
      expect(refused.body['detail']).toContain('sesion_id');
    },
  );

  it('in the query of a deletion deletes nothing', async () => {
    const user_id = room.newUser();
    await room.remember({ user_id, session_id: 's', content: 'one' });
    expect((await room.send('DELETE', `/v1/memories?user_id=${user_id}&sesion_id=t`)).status).toBe(400);
    expect((await room.send('DELETE', '/v1/memories')).status).toBe(400);
    expect(await room.contents({ user_id, scope: 'subtree' })).toEqual(['one']);
  });
});

describe('the bounds of a question', () => {
  it.each([
    ['limit', ['0', '201', '-1', '1.5', 'x', '']],
    ['order_by', ['content', '']],
    ['order', ['up']],
    ['scope', ['all']],
    ['scope_level', ['tenant']],
    ['category', ['colour']],
    ['min_importance', ['-0.1', '1.1', 'x', '']],
    ['as_of', ['yesterday', '2026-01-01', '2026-01-01T00:00:00']],
    ['known_as_of', ['1767225600']],
    ['created_after', ['2026-13-01T00:00:00Z']],
    ['include_superseded', ['yes', '1']],
    ['cursor', ['nonsense', '', 'e30', 'W10', 'bnVsbA']],
  ])('in a list: %s', async (name, values) => {
    for (const value of values) {
      const refused = await room.list({ user_id: 'u', [name]: value });
      expect([value, refused.status]).toEqual([value, 400]);
      expect(refused.body['detail']).toContain(name);
    }
  });

  it.each([
    ['top_k', [0, 101, 1.5, '5', null]],
    ['min_score', [-0.1, 1.1, '0.5']],
    ['max_tokens', [0, -1, 1.5]],
    ['mode', ['magic']],
    ['scope', ['all']],
    ['query', ['', ' ', 5]],
    ['as_of', ['yesterday', 5]],
    ['explain', ['yes']],
    ['filter', ['x', [], 5, null]],
  ])('in a search: %s', async (name, values) => {
    for (const value of values) {
      const refused = await room.search({ user_id: 'u', query: 'x', [name]: value });
      expect([value, refused.status]).toEqual([value, 400]);
      expect(refused.body['detail']).toContain(name);
    }
  });

  it.each([
    [{ colour: 'red' }, 'filter.colour'],
    [{ user_id: 'u' }, 'filter.user_id'],
    [{ importance: { above: 1 } }, 'filter.importance.above'],
    [{ importance: { gte: '0.5' } }, 'filter.importance'],
    [{ and: [{ category: 'fact' }, { or: [{ colour: 'red' }] }] }, 'filter.and[1].or[0].colour'],
    [{ not: { 'metadata.a': { like: 'x' } } }, 'filter.not.metadata.a.like'],
    [{ and: [] }, 'filter.and'],
    [{ or: {} }, 'filter.or'],
    [{ 'metadata.': 1 }, 'filter.metadata.'],
    [{ created_at: { gt: 'yesterday' } }, 'filter.created_at'],
    [{ category: { in: 'fact' } }, 'filter.category.in'],
    [{ subject: { exists: 'yes' } }, 'filter.subject.exists'],
  ])('in a filter: %j is refused as %s', async (filter, path) => {
    const refused = await room.search({ user_id: 'u', query: 'x', filter });
    expect(refused.status).toBe(400);
    expect(refused.body['detail']).toContain(path);
  });

  it('with all faults of a request at once', async () => {
    const faultsOf = (reply: { body: Record<string, unknown> }): string[] =>
      (reply.body['error'] as { details: { errors: { path: string }[] } }).details.errors
        .map(({ path }) => path)
        .sort();
    const search = { user_id: 'u', query: ' ', colour: 'red', top_k: 0, filter: { not: { shape: 1 } } };
    expect(faultsOf(await room.search(search))).toEqual(['colour', 'filter.not.shape', 'query', 'top_k']);
    const memory = { user_id: '', content: '', subject: 'x'.repeat(300), colour: 'red' };
    const refused = await room.send('POST', '/v1/memories', memory);
    expect(faultsOf(refused)).toEqual(['colour', 'content', 'subject', 'user_id']);
  });

  it('in the depth and the length of a filter', async () => {
    const nested = (depth: number): object =>
      depth === 0 ? { category: 'fact' } : { not: nested(depth - 1) };
    const long = (length: number) => ({ or: Array.from({ length }, () => ({ category: 'fact' })) });
    for (const [filter, status] of [
      [nested(16), 200],
      [nested(17), 400],
      [nested(200), 400],
      [long(200), 200],
      [long(201), 400],
    ] as const) {
      expect((await room.search({ user_id: 'u', query: 'x', filter })).status).toBe(status);
    }
  });

  it('in a batch: one to a thousand, answered in order', async () => {
    const user_id = room.newUser();
    const items = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ user_id, content: i % 100 === 7 ? ' ' : `fact ${i}` }));
    for (const [memories, status] of [
      [[], 400],
      [items(1001), 400],
      [undefined, 400],
      ['x', 400],
    ] as const) {
      expect((await room.send('POST', '/v1/memories/batch', { memories })).status).toBe(status);
    }
    const { status, body } = await room.send('POST', '/v1/memories/batch', { memories: items(1000) });
    const data = body['data'] as { index: number; status: string; memory?: WireMemory }[];
    expect([status, data.map(({ index }) => index)]).toEqual([
      200,
      Array.from({ length: 1000 }, (_, i) => i),
    ]);
    for (const [i, item] of data.entries()) {
      if (i % 100 === 7) expect(item).toMatchObject({ status: 'error', error: { type: 'validation_error' } });
      else expect(item).toMatchObject({ status: 'created', memory: { content: `fact ${i}` } });
    }
  });
});

describe('a cursor', () => {
  it('of another list is refused', async () => {
    const user_id = room.newUser();
    for (const content of ['one', 'two', 'three']) {
      await room.remember({ user_id, content });
      await room.send('POST', '/v1/conversations', { user_id });
    }
    const cursor = String((await room.list({ user_id, limit: '1' })).body['next_cursor']);
    const conversations = await room.send('GET', `/v1/conversations?user_id=${user_id}&limit=1`);
    const foreign = String(conversations.body['next_cursor']);
    const others: readonly Readonly<Record<string, string>>[] = [
      { order: 'asc', cursor },
      { order_by: 'importance', cursor },
      { cursor: foreign },
    ];
    for (const query of others) {
      const refused = await room.list({ user_id, ...query });
      expect([refused.status, refused.body['detail']]).toEqual([400, expect.stringContaining('cursor')]);
    }
    expect((await room.send('GET', `/v1/conversations?user_id=${user_id}&cursor=${cursor}`)).status).toBe(
      400,
    );
    expect((await room.list({ user_id, cursor, limit: '200' })).body).toMatchObject({
      data: [{ content: 'two' }, { content: 'one' }],
      next_cursor: null,
    });
  });
});
