import { describe, expect, it } from 'vitest';
import { MemoryService, MemoryStore } from '#libs/memory';
import { AMemoryApp, type WireMemory } from './a-memory-app.js';

const room = new AMemoryApp();
const DAY = 86_400;
const sweep = () => room.app.app.get<MemoryStore>(MemoryStore).sweep(room.clock.now());
const read = async (id: string) => (await room.send('GET', `/v1/memories/${id}`)).status;

describe('the memory of a turn', () => {
  it('is seen where that turn is named and nowhere else, and is swept a day later', async () => {
    const scope = { user_id: room.newUser(), session_id: 's', agent_id: 'a' };
    const turn = { ...scope, turn_id: 't' };
    const { id } = await room.remember({ ...turn, content: 'Is debugging' });
    expect(await room.contents(turn)).toEqual(['Is debugging']);
    for (const other of [scope, { ...scope, turn_id: 'u' }, { user_id: scope.user_id }]) {
      expect(await room.contents(other)).toEqual([]);
      expect(await room.found({ ...other, query: 'debugging' })).toEqual([]);
    }
    room.clock.advanceSeconds(DAY - 1);
    await sweep();
    expect(await read(id)).toBe(200);
    room.clock.advanceSeconds(1);
    await sweep();
    expect([await read(id), (await room.send('GET', `/v1/memories/${id}/history`)).status]).toEqual([
      404, 404,
    ]);
  });

  it('that was promoted is outlived by its copy', async () => {
    const user_id = room.newUser();
    const { id } = await room.remember({ user_id, turn_id: 't', content: 'Is debugging' });
    await room.send('POST', `/v1/memories/${id}/promote`, { to: 'user' });
    room.clock.advanceSeconds(DAY);
    await sweep();
    expect(await room.contents({ user_id })).toEqual(['Is debugging']);
  });
});

describe('a memory with an end', () => {
  it('is gone from its very instant on, counted as expired, and then swept', async () => {
    const user_id = room.newUser();
    const { id } = await room.remember({ user_id, content: 'Is on holiday', expires_at: room.at(10) });
    room.clock.advanceSeconds(9);
    expect(await room.contents({ user_id })).toEqual(['Is on holiday']);
    room.clock.advanceSeconds(1);
    expect(await room.contents({ user_id, include_superseded: 'true' })).toEqual([]);
    const { body } = await room.search({ user_id, query: 'holiday', explain: true });
    expect(body).toMatchObject({
      data: [],
      suppressed: { expired: 1 },
      near_misses: [{ id, gate: 'expired' }],
    });
    expect((await room.send('GET', `/v1/memories/stats?user_id=${user_id}`)).body).toMatchObject({
      current: 0,
    });
    await sweep();
    expect(await read(id)).toBe(404);
    expect((await room.search({ user_id, query: 'holiday' })).body).toMatchObject({
      suppressed: { expired: 0 },
    });
    expect((await room.create({ user_id, content: 'Is on holiday' })).status).toBe(201);
  });

  it('that was superseded leaves a tombstone, so that its chain holds together', async () => {
    const user_id = room.newUser();
    const old = await room.remember({ user_id, content: 'Is on holiday', expires_at: room.at(10) });
    const { body } = await room.supersede(old.id, { content: 'Is back' });
    await room.send('PATCH', `/v1/memories/${String(body['id'])}`, { expires_at: null });
    room.clock.advanceSeconds(10);
    await sweep();
    const history = await room.send('GET', `/v1/memories/${String(body['id'])}/history`);
    expect(history.body).toMatchObject({ data: [{ id: old.id, content: '' }, { content: 'Is back' }] });
    expect(history.text).not.toContain('holiday');
  });
});

describe('an agent’s memory without a session', () => {
  it('follows that agent through all sessions of its user', async () => {
    const user_id = room.newUser();
    await room.remember({ user_id, agent_id: 'planner', content: 'Plans in weeks' });
    for (const session_id of ['one', 'two']) {
      expect(await room.contents({ user_id, session_id, agent_id: 'planner' })).toEqual(['Plans in weeks']);
      expect(await room.contents({ user_id, session_id, agent_id: 'coder' })).toEqual([]);
      expect(await room.contents({ user_id, session_id })).toEqual([]);
    }
    expect(await room.contents({ user_id: room.newUser(), agent_id: 'planner' })).toEqual([]);
  });
});

describe('what a session learned, where sessions have a time to live', () => {
  const mortal = new AMemoryApp({ HEADROOM_SESSION_TTL_SECONDS: '3600' });
  it('ends with it, unless it says its own end; what is promoted outlives it', async () => {
    const user_id = mortal.newUser();
    const scope = { user_id, session_id: 's' };
    await mortal.remember({ user_id, content: 'of the user' });
    const made = await mortal.remember({ ...scope, content: 'of the session' });
    expect(made['expires_at']).toBe(mortal.at(3600));
    const own = await mortal.remember({ ...scope, content: 'with its own end', expires_at: mortal.at(7200) });
    const promoted = await mortal.remember({ ...scope, agent_id: 'a', content: 'promoted' });
    const copy = await mortal.send('POST', `/v1/memories/${promoted.id}/promote`, { to: 'user' });
    expect(copy.body['expires_at']).toBeNull();
    const kept = await mortal.send('POST', `/v1/memories/${own.id}/promote`, { to: 'user' });
    expect(kept.body['expires_at']).toBe(own['expires_at']);
    mortal.clock.advanceSeconds(1800);
    const next = await mortal.supersede(made.id, { content: 'newer of the session' });
    expect(next.body['expires_at']).toBe(mortal.at(3600));
    mortal.clock.advanceSeconds(1800);
    expect((await mortal.contents(scope)).toSorted()).toEqual([
      'newer of the session',
      'of the user',
      'promoted',
      'with its own end',
    ]);
    mortal.clock.advanceSeconds(1800);
    expect((await mortal.contents(scope)).toSorted()).toEqual([
      'of the user',
      'promoted',
      'with its own end',
    ]);
  });

  it('lasts where they have none', async () => {
    const made = await room.remember({ user_id: room.newUser(), session_id: 's', content: 'of the session' });
    expect(made['expires_at']).toBeNull();
  });
});

describe('reads', () => {
  it('are counted one by one, later, and without a new version', async () => {
    const user_id = room.newUser();
    const { id } = await room.remember({ user_id, content: 'Likes tea' });
    await room.remember({ user_id, content: 'Plays chess' });
    for (let i = 0; i < 3; i++) await room.search({ user_id, query: 'tea' });
    expect(await read(id)).toBe(200);
    const [before] = (await room.list({ user_id, order: 'asc' })).body['data'] as WireMemory[];
    expect(before).toMatchObject({ access_count: 0, last_accessed_at: null });
    await room.app.app.get<MemoryService>(MemoryService).settle();
    const [after] = (await room.list({ user_id, order_by: 'last_accessed_at' })).body['data'] as WireMemory[];
    expect(after).toMatchObject({ id, access_count: 4, last_accessed_at: room.at(), version: 1 });
  });
});

describe('statistics', () => {
  it('count the scope and all below it by state, category and level; what is erased counts nowhere', async () => {
    const user_id = room.newUser();
    const stats = async (more = '') =>
      (await room.send('GET', `/v1/memories/stats?user_id=${user_id}${more}`)).body;
    const none = {
      total: 0,
      current: 0,
      superseded: 0,
      by_category: {},
      by_scope_level: {},
      oldest: null,
      newest: null,
    };
    expect(await stats()).toEqual(none);
    const oldest = room.at();
    const old = await room.remember({ user_id, content: 'one', category: 'preference' });
    room.clock.advanceSeconds(5);
    await room.supersede(old.id, { content: 'two' });
    await room.remember({ user_id, session_id: 's', content: 'three', category: 'decision' });
    await room.remember({ user_id, session_id: 's', agent_id: 'a', content: 'four' });
    const gone = await room.remember({ user_id, content: 'five' });
    await room.send('DELETE', `/v1/memories/${gone.id}`);
    expect(await stats()).toEqual({
      total: 4,
      current: 3,
      superseded: 1,
      by_category: { preference: 2, decision: 1, fact: 1 },
      by_scope_level: { user: 2, session: 1, agent: 1 },
      oldest,
      newest: room.at(),
    });
    expect(await stats('&session_id=s')).toMatchObject({
      total: 2,
      by_scope_level: { session: 1, agent: 1 },
    });
    expect(await stats('&session_id=other')).toEqual(none);
  });
});

describe('a secret', () => {
  const secret = `ghp_${'a1B2c3D4'.repeat(5)}`;
  it.each([
    ['content', { content: `token ${secret}` }],
    ['metadata', { content: 'x', metadata: { deep: [{ token: secret }] } }],
    ['entities', { content: 'x', entities: [secret] }],
    ['subject', { content: 'x', subject: secret }],
  ])('in the %s is refused, its kind named and itself never', async (path, body) => {
    const user_id = room.newUser();
    const refused = await room.create({ user_id, ...body });
    expect([refused.status, refused.body['error']]).toMatchObject([
      422,
      { type: 'secret_refused', details: { kind: 'GitHub token', path } },
    ]);
    const { text } = await room.send('POST', '/v1/memories/batch', { memories: [{ user_id, ...body }] });
    expect(JSON.parse(text)).toMatchObject({
      data: [{ status: 'error', error: { type: 'secret_refused' } }],
    });
    expect(refused.text + text).not.toContain(secret);
    expect(await room.contents({ user_id })).toEqual([]);
  });

  it('does not come in later or by another way either', async () => {
    const user_id = room.newUser();
    const { id } = await room.remember({ user_id, content: 'x' });
    const patched = await room.send('PATCH', `/v1/memories/${id}`, { metadata: { token: secret } });
    const superseded = await room.supersede(id, { content: 'y', reason: secret });
    const block = `<memory>${JSON.stringify({ memories: [{ content: `token ${secret}` }] })}</memory>`;
    const extracted = await room.send('POST', '/v1/memories/extract', { user_id, content: block });
    expect([patched.status, superseded.status]).toEqual([422, 422]);
    expect(extracted.body).toMatchObject({ content: '', stored: [], rejected: [{ content: '[redacted]' }] });
    expect(patched.text + superseded.text + extracted.text).not.toContain(secret);
  });
});

describe('changing a memory', () => {
  it('is possible for five of its fields, each by itself, and for no other', async () => {
    const user_id = room.newUser();
    const { id } = await room.remember({
      user_id,
      content: 'x',
      importance: 0.1,
      metadata: { a: 1 },
      entities: ['A'],
    });
    const patch = (body: unknown) => room.send('PATCH', `/v1/memories/${id}`, body);
    const changes: object[] = [
      { importance: 0.9 },
      { category: 'decision' },
      { entities: [] },
      { metadata: { b: 2 } },
      { expires_at: room.at(60) },
      { expires_at: null },
    ];
    for (const change of changes) expect((await patch(change)).body).toMatchObject(change);
    expect((await patch({})).body).toMatchObject({
      importance: 0.9,
      category: 'decision',
      entities: [],
      metadata: { b: 2 },
    });
    for (const field of [
      'content',
      'subject',
      'user_id',
      'session_id',
      'valid_from',
      'id',
      'source',
      'version',
    ]) {
      const refused = await patch({ [field]: 'x' });
      expect([refused.status, refused.body['detail']]).toEqual([400, expect.stringContaining(field)]);
    }
    for (const faulty of [
      { importance: 2 },
      { importance: null },
      { category: 'x' },
      { metadata: [] },
      [],
      'x',
      undefined,
    ]) {
      expect((await patch(faulty)).status).toBe(400);
    }
  });
});
