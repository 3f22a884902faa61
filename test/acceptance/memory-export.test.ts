import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aLine, linesOf, MemoryFiles, type Line } from '../support/memory-files.js';
import { problemOf, send, type Reply } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

let server: SpawnedServer;
let files: MemoryFiles;
beforeAll(async () => {
  // A file is far larger than a body may be elsewhere.
  server = await spawnServer({ HEADROOM_MAX_BODY_BYTES: '20000' });
  files = new MemoryFiles(server.url);
});
afterAll(() => server.stop());

const post = (path: string, json: unknown): Promise<Reply> => send(`${server.url}${path}`, { json });
const idOf = (reply: Reply): string => reply.body['id'] as string;
const erase = (user: string): Promise<Reply> =>
  send(`${server.url}/v1/users/${encodeURIComponent(user)}`, { method: 'DELETE' });

/** Chains, a restored link, a promotion, a tombstone, a retired memory, other scopes, awkward texts. */
async function aRichHistory(user_id: string): Promise<void> {
  const create = (fields: object): Promise<Reply> => post('/v1/memories', { user_id, ...fields });
  const home = await create({
    content: 'lives in Rome',
    subject: 'home',
    entities: ['Rome'],
    source: { agent: 'a' },
  });
  const moved = await post(`/v1/memories/${idOf(home)}/supersede`, {
    content: 'lives in Oslo',
    reason: 'moved',
  });
  await post(`/v1/memories/${idOf(home)}/restore`, {});
  const narrow = await create({
    content: 'likes 茶 "tea" 😀\n\u2028',
    session_id: 's/1',
    agent_id: 'ä',
    metadata: { n: [1, { '2': null }], '10': true },
  });
  await post(`/v1/memories/${idOf(narrow)}/promote`, { to: 'session' });
  await create({ content: 'likes 茶 "tea" 😀\n\u2028', session_id: 's/1', agent_id: 'ä' });
  await create({
    content: 'holds until then',
    expires_at: '2999-01-01T00:00:00Z',
    valid_from: '2020-01-01T00:00:00+02:00',
  });
  const gone = await create({ content: 'a secret zebra' });
  await send(`${server.url}/v1/memories/${idOf(gone)}`, { method: 'DELETE' });
  await send(`${server.url}/v1/memories/${idOf(moved)}`, { method: 'DELETE' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const to = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await create({ content: 'came too late' });
  await post('/v1/memories/rollback', { user_id, to });
}

describe('an export', () => {
  test('goes round: erased and imported again it gives the same bytes', async () => {
    const user = 'anna/ä?&';
    await aRichHistory(user);
    const query = `user_id=${encodeURIComponent(user)}`;
    const first = await files.exported(query);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(first.text).not.toContain('zebra');
    const lines = linesOf(first);
    expect(lines).toHaveLength(8);
    expect(lines.filter(({ deleted_at: at }) => at !== null)).toHaveLength(2);
    await erase(user);
    expect((await files.exported(query)).text).toBe('');
    expect((await files.imported(first.text)).body).toEqual({
      imported: 8,
      skipped: 0,
      failed: 0,
      errors: [],
    });
    expect((await files.exported(query)).text).toBe(first.text);
    expect((await files.imported(first.text)).body).toEqual({
      imported: 0,
      skipped: 8,
      failed: 0,
      errors: [],
    });
    expect((await files.exported(query)).text).toBe(first.text);

    const history = await send(`${server.url}/v1/memories/${lines[0]?.id ?? ''}/history`);
    expect((history.body['data'] as Line[]).map(({ content }) => content)).toEqual([
      'lives in Rome',
      '',
      'lives in Rome',
    ]);
    const backwards = first.text.trimEnd().split('\n').reverse().join('\r\n');
    await erase(user);
    expect((await files.imported(backwards)).body).toMatchObject({ imported: 8, failed: 0 });
    expect(linesOf(await files.exported(query)).reverse()).toEqual(lines);
    const found = await post('/v1/memories/search', { user_id: user, query: 'where in Rome' });
    expect(found.body['data']).toMatchObject([{ memory: { content: 'lives in Rome' } }]);
  });

  test('holds a scope and what is below it, and goes on behind what arrived', async () => {
    for (const [content, scope] of [
      ['one', {}],
      ['two', { session_id: 's' }],
      ['three', { session_id: 's', agent_id: 'a' }],
      ['four', { session_id: 't' }],
    ] as const) {
      await post('/v1/memories', { content, user_id: 'bea', ...scope });
    }
    const contents = async (query: string) =>
      linesOf(await files.exported(query)).map(({ content }) => content);
    expect(await contents('user_id=bea')).toEqual(['one', 'two', 'three', 'four']);
    expect(await contents('user_id=bea&session_id=s')).toEqual(['two', 'three']);
    expect(await contents('user_id=bea&session_id=s&agent_id=a')).toEqual(['three']);
    expect(await contents('user_id=be')).toEqual([]);
    const [, second] = linesOf(await files.exported('user_id=bea'));
    expect(await contents(`user_id=bea&after=${second?.id ?? ''}`)).toEqual(['three', 'four']);
    const unknown = await files.exported('user_id=bea&after=mem_unknown');
    expect([unknown.status, problemOf(unknown).error.type]).toEqual([404, 'not_found']);
    expect((await files.exported('')).status).toBe(400);
    expect((await files.exported('user_id=bea&colour=red')).status).toBe(400);
  });
});

describe('an export that nobody reads', () => {
  test('waits for its reader', async () => {
    const content = 'x'.repeat(20_000);
    const lines = Array.from({ length: 3_000 }, (_, i) =>
      aLine({ id: `mem_w_${i}`, user_id: 'jan', content: `${i} ${content}` }),
    );
    expect((await files.imported(lines.join('\n'))).body).toMatchObject({ imported: 3_000 });
    const asked = httpRequest(`${server.url}/v1/memories/export?user_id=jan`).end();
    const [answer] = (await once(asked, 'response')) as [NodeJS.ReadableStream];
    answer.pause();
    // Others are served meanwhile: nothing is held for the one that does not read.
    expect((await post('/v1/memories', { content: 'meanwhile', user_id: 'kim' })).status).toBe(201);
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
    answer.resume();
    await once(answer, 'end');
    expect(bytes).toBeGreaterThan(60_000_000);
  });
});
