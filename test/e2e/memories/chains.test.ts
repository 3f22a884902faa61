import { describe, expect, it } from 'vitest';
import { AMemoryApp, type WireMemory } from './a-memory-app.js';

const room = new AMemoryApp();
const history = (id: string) => room.send('GET', `/v1/memories/${id}/history`);

describe('superseding a memory', () => {
  it('from an instant in the past ends the old one there, which nobody knew before', async () => {
    const user_id = room.newUser();
    const old = await room.remember({ user_id, content: 'Lives in Oslo', valid_from: room.at(-1000) });
    room.clock.advanceSeconds(100);
    const before = room.at(-1);
    const moved = await room.supersede(old.id, { content: 'Lives in Bergen', valid_from: room.at(-500) });
    expect(moved.body).toMatchObject({ valid_from: room.at(-500), created_at: room.at() });
    const ended = await room.send('GET', `/v1/memories/${old.id}`);
    expect(ended.body).toMatchObject({ valid_until: room.at(-500), superseded_at: room.at() });
    expect(await room.contents({ user_id, as_of: room.at(-501) })).toEqual(['Lives in Oslo']);
    expect(await room.contents({ user_id, as_of: room.at(-500) })).toEqual(['Lives in Bergen']);
    expect(await room.contents({ user_id, as_of: before, known_as_of: before })).toEqual(['Lives in Oslo']);
    expect(await room.found({ user_id, query: 'lives', as_of: before, known_as_of: before })).toEqual([
      'Lives in Oslo',
    ]);
  });

  it('from before the old one began is refused', async () => {
    const old = await room.remember({ user_id: room.newUser(), content: 'Lives in Oslo' });
    const refused = await room.supersede(old.id, { content: 'Lives in Bergen', valid_from: room.at(-1) });
    expect(refused.status).toBe(400);
    expect(refused.body['detail']).toContain('valid_from');
    expect((await history(old.id)).body['data']).toHaveLength(1);
  });

  it('from an instant to come leaves the old one valid until then', async () => {
    const user_id = room.newUser();
    const old = await room.remember({ user_id, content: 'Lives in Oslo' });
    await room.supersede(old.id, { content: 'Lives in Bergen', valid_from: room.at(100) });
    expect(await room.contents({ user_id })).toEqual(['Lives in Oslo']);
    room.clock.advanceSeconds(100);
    expect(await room.contents({ user_id })).toEqual(['Lives in Bergen']);
  });

  it('by what was there before, when its successor is yet to begin, changes only what is to come', async () => {
    const user_id = room.newUser();
    const old = await room.remember({ user_id, content: 'Rent is 900' });
    await room.supersede(old.id, { content: 'Rent is 950', valid_from: room.at(100) });
    const restored = await room.send('POST', `/v1/memories/${old.id}/restore`, {});
    expect(restored.status).toBe(201);
    expect(restored.body).toMatchObject({ content: 'Rent is 900', valid_from: room.at(100) });
    expect(await room.contents({ user_id })).toEqual(['Rent is 900']);
    room.clock.advanceSeconds(100);
    expect(await room.contents({ user_id })).toEqual(['Rent is 900']);
  });

  it('of two at once makes one and refuses the other with the current id', async () => {
    const old = await room.remember({ user_id: room.newUser(), content: 'Lives in Oslo' });
    const replies = await Promise.all(
      ['Rome', 'Bonn'].map((to) => room.supersede(old.id, { content: `Lives in ${to}` })),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const [made, refused] = replies.toSorted((a, b) => a.status - b.status);
    expect(refused?.body).toMatchObject({ error: { details: { current_id: made?.body['id'] } } });
  });

  it('of an erased one is not found, and its predecessor does not come back', async () => {
    const user_id = room.newUser();
    const old = await room.remember({ user_id, content: 'Lives in Oslo' });
    const { body } = await room.supersede(old.id, { content: 'Lives in Bergen' });
    const id = String(body['id']);
    await room.send('DELETE', `/v1/memories/${id}`);
    expect((await room.supersede(id, { content: 'Lives in Rome' })).status).toBe(404);
    expect(await room.contents({ user_id })).toEqual([]);
    expect(await room.found({ user_id, query: 'lives' })).toEqual([]);
    const { body: chain } = await history(old.id);
    expect(chain).toMatchObject({
      data: [{ content: 'Lives in Oslo' }, { id, content: '' }],
      current_id: null,
    });
    const forked = await room.supersede(old.id, { content: 'Lives in Rome' });
    expect([forked.status, (forked.body['error'] as { details: object }).details]).toEqual([
      409,
      { current_id: null },
    ]);
    expect((await room.send('POST', `/v1/memories/${old.id}/restore`)).status).toBe(409);
  });

  it('of one that has expired brings no end of its own along', async () => {
    const user_id = room.newUser();
    const old = await room.remember({ user_id, content: 'Is on holiday', expires_at: room.at(10) });
    room.clock.advanceSeconds(10);
    const { status, body } = await room.supersede(old.id, { content: 'Is back' });
    expect([status, body['expires_at']]).toEqual([201, null]);
    expect(await room.contents({ user_id })).toEqual(['Is back']);
  });

  it('inherits what is not said, and keeps the reason', async () => {
    const attributes = {
      category: 'preference',
      importance: 0.9,
      subject: 'tea',
      entities: ['Assam'],
      metadata: { a: 1 },
    };
    const old = await room.remember({
      user_id: room.newUser(),
      session_id: 's',
      content: 'Likes Assam',
      ...attributes,
    });
    const { body } = await room.supersede(old.id, { content: 'Likes Darjeeling', reason: 'said so' });
    expect(body).toMatchObject({ ...attributes, session_id: 's', reason: 'said so', supersedes: old.id });
  });

  it('lets the old text be learned anew', async () => {
    const user_id = room.newUser();
    const old = await room.remember({ user_id, content: 'Lives in Oslo' });
    await room.supersede(old.id, { content: 'Lives in Bergen' });
    const again = await room.create({ user_id, content: 'Lives in Oslo' });
    expect([again.status, again.body['id'] === old.id]).toEqual([201, false]);
  });
});

describe('restoring', () => {
  it('puts an older content at the end of its chain, whichever member is asked for', async () => {
    const user_id = room.newUser();
    const first = await room.remember({ user_id, content: 'Lives in Oslo', importance: 0.9 });
    await room.supersede(first.id, { content: 'Lives in Bergen', importance: 0.1 });
    const restored = await room.send('POST', `/v1/memories/${first.id}/restore`, {});
    expect(restored.body).toMatchObject({ content: 'Lives in Oslo', importance: 0.9 });
    const chain = (await history(first.id)).body['data'] as WireMemory[];
    expect(chain.map(({ content }) => content)).toEqual([
      'Lives in Oslo',
      'Lives in Bergen',
      'Lives in Oslo',
    ]);
    const again = await room.send('POST', `/v1/memories/${String(restored.body['id'])}/restore`);
    expect([again.status, again.body]).toMatchObject([
      409,
      { error: { details: { current_id: restored.body['id'] } } },
    ]);
  });

  it('happens under the version that was read', async () => {
    const first = await room.remember({ user_id: room.newUser(), content: 'Lives in Oslo' });
    await room.supersede(first.id, { content: 'Lives in Bergen' });
    const path = `/v1/memories/${first.id}/restore`;
    expect((await room.send('POST', path, {}, { 'if-match': '"1"' })).status).toBe(412);
    expect((await room.send('POST', path, {}, { 'if-match': '"2"' })).status).toBe(201);
  });
});

describe('a subject', () => {
  it.each([
    ['supersede', 201, ['new']],
    ['coexist', 201, ['new', 'old']],
    ['conflict', 409, ['old']],
  ])('that is known, met with on_subject: %s', async (on_subject, status, contents) => {
    const user_id = room.newUser();
    const old = await room.remember({ user_id, content: 'old', subject: 'employer' });
    room.clock.advanceSeconds(1);
    const made = await room.create({ user_id, content: 'new', subject: 'employer', on_subject });
    expect(made.status).toBe(status);
    if (status === 409) expect(made.body).toMatchObject({ error: { details: { current_id: old.id } } });
    expect(await room.contents({ user_id })).toEqual(contents);
  });

  it('is met so by each item of a batch', async () => {
    const user_id = room.newUser();
    const item = (content: string, on_subject: string) => ({
      user_id,
      content,
      subject: 'employer',
      on_subject,
    });
    const { body } = await room.send('POST', '/v1/memories/batch', {
      memories: [item('1', 'supersede'), item('2', 'supersede'), item('3', 'coexist'), item('4', 'conflict')],
    });
    const data = body['data'] as { status: string; memory?: WireMemory; error?: object }[];
    expect(data.map(({ status }) => status)).toEqual(['created', 'created', 'created', 'error']);
    expect(data[1]?.memory).toMatchObject({ supersedes: data[0]?.memory?.id });
    expect(data[2]?.memory).toMatchObject({ supersedes: null });
    expect(data[3]?.error).toMatchObject({
      type: 'conflict',
      details: { current_id: expect.any(String) as string },
    });
    expect((await room.contents({ user_id })).toSorted()).toEqual(['2', '3']);
  });

  it('of another level is left alone; in a search the narrower stands in front, a list shows all', async () => {
    const user_id = room.newUser();
    const scope = { user_id, session_id: 's' };
    const broad = await room.remember({ user_id, content: 'Works at Acme', subject: 'employer' });
    const narrow = await room.remember({ ...scope, content: 'Works at Globex', subject: 'employer' });
    expect(narrow['supersedes']).toBeNull();
    const { body } = await room.search({ ...scope, query: 'works', explain: true });
    expect(body).toMatchObject({
      data: [{ memory: { id: narrow.id }, shadows: [broad.id], scope_level: 'session' }],
      suppressed: { shadowed: 1 },
      near_misses: [{ id: broad.id, gate: 'shadowed' }],
    });
    expect(body['data']).toHaveLength(1);
    expect((await room.contents(scope)).toSorted()).toEqual(['Works at Acme', 'Works at Globex']);
    expect(await room.found({ user_id, query: 'works' })).toEqual(['Works at Acme']);
  });
});

describe('the same again', () => {
  it('is kept as a sighting with its source and date', async () => {
    const user_id = room.newUser();
    const first = await room.remember({ user_id, content: 'Likes tea' });
    room.clock.advanceSeconds(60);
    const source = { conversation_id: 'conv_2', message_index: 3, agent: 'planner' };
    const again = await room.create({ user_id, content: '  Likes\ttea', source });
    expect([again.status, again.body['deduplicated'], again.body['id']]).toEqual([200, true, first.id]);
    expect(again.body['also_seen']).toEqual([{ at: room.at(), source }]);
    const { body } = await room.send('POST', '/v1/memories/batch', {
      memories: [{ user_id, content: 'Likes tea' }],
    });
    expect(body).toMatchObject({
      data: [{ status: 'duplicate', memory: { also_seen: [{}, { source: null }] } }],
    });
  });

  it('or nearly the same is reported and left alone', async () => {
    const user_id = room.newUser();
    const first = await room.remember({ user_id, content: 'Anna works at Acme' });
    const near = await room.create({ user_id, content: 'At Acme works Anna' });
    expect([near.status, near.body['near_duplicate']]).toEqual([201, { id: first.id, similarity: 1 }]);
    expect(await room.contents({ user_id })).toHaveLength(2);
    const elsewhere = await room.create({ user_id, session_id: 's', content: 'At Acme Anna works' });
    expect(elsewhere.body['near_duplicate']).toBeNull();
  });
});
