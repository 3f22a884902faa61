import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemOf, send, type Reply } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

let server: SpawnedServer;
beforeAll(async () => {
  server = await spawnServer();
});
afterAll(() => server.stop());

const post = (path: string, json: unknown): Promise<Reply> => send(`${server.url}${path}`, { json });
const idOf = (reply: Reply): string => reply.body['id'] as string;

describe('a rollback', () => {
  test('returns a scope to an instant, tells first what it would do, and does it once', async () => {
    const user_id = 'lea';
    const old = await post('/v1/memories', { user_id, content: 'works at ACME', subject: 'employer' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const to = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const newer = await post('/v1/memories', { user_id, content: 'works at Initech', subject: 'employer' });
    const fresh = await post('/v1/memories', { user_id, content: 'drinks tea' });
    const rollBack = (more: object = {}): Promise<Reply> =>
      post('/v1/memories/rollback', { user_id, to, ...more });
    const expected = {
      changes: [
        {
          id: idOf(old),
          action: 'restore',
          before: { id: idOf(newer) },
          after: { content: 'works at ACME' },
        },
        { id: idOf(fresh), action: 'retire', before: { id: idOf(fresh), superseded_at: null } },
      ],
    };
    const dry = await rollBack({ dry_run: true });
    expect(dry.status).toBe(200);
    expect(dry.body).toMatchObject(expected);
    expect((dry.body['changes'] as { after?: { id: unknown } }[])[0]?.after?.id).toBeNull();
    const real = await rollBack();
    expect(real.body).toMatchObject(expected);
    const list = await send(`${server.url}/v1/memories?user_id=${user_id}`);
    expect(list.body['data']).toMatchObject([{ content: 'works at ACME', supersedes: idOf(newer) }]);
    expect((await rollBack()).body).toEqual({ changes: [] });
    expect((await send(`${server.url}/v1/memories/${idOf(fresh)}/history`)).body).toMatchObject({
      data: [{ id: idOf(fresh), superseded_by: null }],
      current_id: null,
    });
  });

  test('is refused for an instant that is none, or that lies ahead', async () => {
    const ahead = new Date(Date.now() + 60_000).toISOString();
    for (const to of ['yesterday', '', 5, null, undefined, ahead]) {
      const refused = await post('/v1/memories/rollback', { user_id: 'lea', to });
      expect(refused.status).toBe(400);
      expect(problemOf(refused).detail).toContain('to:');
    }
    const future = await post('/v1/memories/rollback', { user_id: 'lea', to: ahead });
    expect(problemOf(future).detail).toContain('future');
    expect((await post('/v1/memories/rollback', { to: new Date().toISOString() })).status).toBe(400);
  });
});
