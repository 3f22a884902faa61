import { describe, expect, it } from 'vitest';
import { AMemoryApp } from './a-memory-app.js';

const room = new AMemoryApp();
const promote = (id: string, to: string, headers: Record<string, string> = {}) =>
  room.send('POST', `/v1/memories/${id}/promote`, { to }, headers);

describe('promoting a memory', () => {
  it('copies it, keeps the link, and shows both nowhere', async () => {
    const user_id = room.newUser();
    const scope = { user_id, session_id: 's', agent_id: 'a' };
    const original = await room.remember({ ...scope, content: 'Deploys on Fridays', metadata: { k: 1 } });
    const copy = await promote(original.id, 'session');
    expect([copy.status, copy.body['promoted_from'], copy.body['agent_id']]).toEqual([
      201,
      original.id,
      null,
    ]);
    expect(copy.body).toMatchObject({
      content: 'Deploys on Fridays',
      metadata: { k: 1 },
      scope_level: 'session',
    });
    const top = await promote(String(copy.body['id']), 'user');
    expect(top.status).toBe(201);
    expect(await room.contents(scope)).toEqual(['Deploys on Fridays']);
    expect(await room.found({ ...scope, query: 'Fridays' })).toEqual(['Deploys on Fridays']);
    expect(await room.contents({ user_id, scope: 'exact' })).toEqual(['Deploys on Fridays']);
    // The original is still its own memory.
    expect((await room.send('GET', `/v1/memories/${original.id}`)).body).toMatchObject({
      superseded_by: null,
    });
  });

  it('a second time finds the copy that is there', async () => {
    const scope = { user_id: room.newUser(), session_id: 's' };
    const original = await room.remember({ ...scope, content: 'Deploys on Fridays' });
    const first = await promote(original.id, 'user');
    const second = await promote(original.id, 'user');
    expect([second.status, second.body['id'], second.body['deduplicated']]).toEqual([
      200,
      first.body['id'],
      true,
    ]);
    expect(await room.contents(scope)).toEqual(['Deploys on Fridays']);
  });

  it('of two sessions that know the same leaves one for each of them', async () => {
    const user_id = room.newUser();
    const [one, two] = [
      { user_id, session_id: 'one' },
      { user_id, session_id: 'two' },
    ];
    for (const scope of [one, two]) {
      const original = await room.remember({ ...scope, content: 'Deploys on Fridays' });
      await promote(original.id, 'user');
    }
    for (const scope of [one, two]) {
      expect(await room.contents(scope)).toEqual(['Deploys on Fridays']);
      expect(await room.found({ ...scope, query: 'Fridays' })).toEqual(['Deploys on Fridays']);
    }
  });

  it('to a level where the same is known already returns it once', async () => {
    const user_id = room.newUser();
    const scope = { user_id, session_id: 's' };
    await room.remember({ user_id, content: 'Deploys on Fridays' });
    const original = await room.remember({ ...scope, content: 'Deploys on Fridays' });
    expect((await promote(original.id, 'user')).status).toBe(200);
    expect(await room.contents(scope)).toEqual(['Deploys on Fridays']);
    expect(await room.found({ ...scope, query: 'Fridays' })).toEqual(['Deploys on Fridays']);
  });

  it('replaces what the broader scope knew on its subject, also what began later', async () => {
    const user_id = room.newUser();
    const scope = { user_id, session_id: 's' };
    const original = await room.remember({ ...scope, content: 'Works at Globex', subject: 'employer' });
    room.clock.advanceSeconds(60);
    const known = await room.remember({ user_id, content: 'Works at Acme', subject: 'employer' });
    room.clock.advanceSeconds(60);
    const copy = await promote(original.id, 'user');
    expect([copy.status, copy.body['supersedes']], copy.text).toEqual([201, known.id]);
    expect(await room.contents({ user_id })).toEqual(['Works at Globex']);
  });

  it.each([
    ['user', { session_id: 's' }, 'session'],
    ['user', {}, 'user'],
    ['session', { session_id: 's' }, 'session'],
    ['agent', { agent_id: 'a' }, 'agent'],
    ['session', { agent_id: 'a' }, 'session'],
    ['agent', { turn_id: 't' }, 'agent'],
  ])('to %s from %j is only possible where that is broader and named', async (to, ids, _) => {
    const original = await room.remember({ user_id: room.newUser(), ...ids, content: 'Deploys on Fridays' });
    const expected = to === 'user' && Object.keys(ids).length > 0 ? 201 : 400;
    const reply = await promote(original.id, to);
    expect(reply.status).toBe(expected);
    if (expected === 400) expect(reply.body['detail']).toContain('to:');
  });

  it('happens under the version that was read', async () => {
    const original = await room.remember({
      user_id: room.newUser(),
      session_id: 's',
      content: 'Deploys on Fridays',
    });
    await room.send('PATCH', `/v1/memories/${original.id}`, { importance: 1 });
    expect((await promote(original.id, 'user', { 'if-match': '"1"' })).status).toBe(412);
    expect((await promote(original.id, 'user', { 'if-match': '"2"' })).status).toBe(201);
  });

  it('of an erased memory is not found', async () => {
    const original = await room.remember({
      user_id: room.newUser(),
      session_id: 's',
      content: 'Deploys on Fridays',
    });
    await room.send('DELETE', `/v1/memories/${original.id}`);
    expect((await promote(original.id, 'user')).status).toBe(404);
  });
});
