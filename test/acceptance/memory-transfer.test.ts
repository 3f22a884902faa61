import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemOf, send, type Reply } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const NDJSON = { 'content-type': 'application/x-ndjson' };

interface Line {
  readonly id: string;
  readonly content: string;
  readonly [field: string]: unknown;
}

let server: SpawnedServer;
beforeAll(async () => {
  // A file is far larger than a body may be elsewhere.
  server = await spawnServer({ HEADROOM_MAX_BODY_BYTES: '20000' });
});
afterAll(() => server.stop());

const post = (path: string, json: unknown): Promise<Reply> => send(`${server.url}${path}`, { json });
const idOf = (reply: Reply): string => reply.body['id'] as string;
const exported = (query: string, url = server.url): Promise<Reply> =>
  send(`${url}/v1/memories/export?${query}`);
const imported = (body: string, query = '', url = server.url): Promise<Reply> =>
  send(`${url}/v1/memories/import${query}`, { method: 'POST', body, headers: NDJSON });
const linesOf = ({ text }: Reply): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const erase = (user: string): Promise<Reply> =>
  send(`${server.url}/v1/users/${encodeURIComponent(user)}`, { method: 'DELETE' });
const aLine = (fields: object): string =>
  JSON.stringify({ content: 'likes tea', user_id: 'eve', created_at: '2026-01-02T03:04:05.006Z', ...fields });

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
    const first = await exported(query);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(first.text).not.toContain('zebra');
    const lines = linesOf(first);
    expect(lines).toHaveLength(8);
    expect(lines.filter(({ deleted_at: at }) => at !== null)).toHaveLength(2);
    await erase(user);
    expect((await exported(query)).text).toBe('');
    expect((await imported(first.text)).body).toEqual({ imported: 8, skipped: 0, failed: 0, errors: [] });
    expect((await exported(query)).text).toBe(first.text);
    expect((await imported(first.text)).body).toEqual({ imported: 0, skipped: 8, failed: 0, errors: [] });
    expect((await exported(query)).text).toBe(first.text);

    const history = await send(`${server.url}/v1/memories/${lines[0]?.id ?? ''}/history`);
    expect((history.body['data'] as Line[]).map(({ content }) => content)).toEqual([
      'lives in Rome',
      '',
      'lives in Rome',
    ]);
    const backwards = first.text.trimEnd().split('\n').reverse().join('\r\n');
    await erase(user);
    expect((await imported(backwards)).body).toMatchObject({ imported: 8, failed: 0 });
    expect(linesOf(await exported(query)).reverse()).toEqual(lines);
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
    const contents = async (query: string) => linesOf(await exported(query)).map(({ content }) => content);
    expect(await contents('user_id=bea')).toEqual(['one', 'two', 'three', 'four']);
    expect(await contents('user_id=bea&session_id=s')).toEqual(['two', 'three']);
    expect(await contents('user_id=bea&session_id=s&agent_id=a')).toEqual(['three']);
    expect(await contents('user_id=be')).toEqual([]);
    const [, second] = linesOf(await exported('user_id=bea'));
    expect(await contents(`user_id=bea&after=${second?.id ?? ''}`)).toEqual(['three', 'four']);
    const unknown = await exported('user_id=bea&after=mem_unknown');
    expect([unknown.status, problemOf(unknown).error.type]).toEqual([404, 'not_found']);
    expect((await exported('')).status).toBe(400);
    expect((await exported('user_id=bea&colour=red')).status).toBe(400);
  });
});

describe('an import', () => {
  test('names each faulty line and spoils no other', async () => {
    const secret = `sk-proj-${'a1B2'.repeat(12)}`;
    const faulty: [string, string][] = [
      ['{"id": "mem_x"', 'JSON'],
      [aLine({ id: 'mem_f1', content: 'NUL \u0000' }), 'content'],
      ['{"id":"mem_f2","user_id":"eve","content":"\\ud800"}', 'content'],
      [aLine({ id: 'mem_f3', importance: '1' }), 'importance'],
      [aLine({ id: 'mem_f4', content: `the key is ${secret}` }), 'secret'],
      [aLine({ id: 'mem_f5', metadata: { key: secret } }), 'metadata'],
      [aLine({ id: 'mem_f6', colour: 'red' }), 'colour'],
      [aLine({ id: 'mem_f7', created_at: '2026-02-30T00:00:00Z' }), 'created_at'],
      [aLine({ id: 'mem_f8', valid_until: '2026-05-01T00:00:00Z' }), 'valid_until'],
      [aLine({ id: 'mem_f9', supersedes: 'mem_nowhere' }), 'mem_nowhere'],
      [aLine({ id: 'mem_f10', supersedes: 'mem_f10' }), 'supersedes'],
      [aLine({ id: 'mem_f11', user_id: '' }), 'user_id'],
      [aLine({ id: '' }), 'id'],
      [aLine({ id: 'mem_f12', deleted_at: '2026-05-01T00:00:00Z' }), 'deleted_at'],
      ['[]', 'object'],
      ['"text"', 'object'],
    ];
    const sound = (i: number): string => aLine({ id: `mem_sound_${i}`, content: `sound ${i}` });
    const body = faulty.flatMap(([line], i) => [sound(i), line]).join('\n');
    const reply = await imported(body);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ imported: faulty.length, skipped: 0, failed: faulty.length });
    const errors = reply.body['errors'] as { line: number; detail: string }[];
    expect(errors.map(({ line }) => line)).toEqual(faulty.map((_, i) => 2 * i + 2));
    faulty.forEach(([, word], i) => {
      expect(errors[i]?.detail).toContain(word);
    });
    expect(reply.text).not.toContain(secret);
    expect(linesOf(await exported('user_id=eve')).map(({ content }) => content)).toEqual(
      faulty.map((_, i) => `sound ${i}`),
    );
  });

  test('lists a hundred faults and counts all', async () => {
    const reply = await imported('{}\n'.repeat(250));
    expect(reply.body).toMatchObject({ imported: 0, failed: 250 });
    expect(reply.body['errors']).toHaveLength(100);
  });

  test('takes nothing for nothing, and refuses what it does not know', async () => {
    expect((await imported('')).body).toEqual({ imported: 0, skipped: 0, failed: 0, errors: [] });
    expect((await imported('', '?format=csv')).status).toBe(400);
    expect((await imported('', '?colour=red')).status).toBe(400);
  });

  test('refuses another content under an id that is there, and what was erased', async () => {
    await imported(
      [aLine({ id: 'mem_a', user_id: 'fay' }), aLine({ id: 'mem_b', user_id: 'fay' })].join('\n'),
    );
    await send(`${server.url}/v1/memories/mem_b`, { method: 'DELETE' });
    const lines = [
      aLine({ id: 'mem_a', user_id: 'fay', content: 'another' }),
      aLine({ id: 'mem_a', user_id: 'gus' }),
      aLine({ id: 'mem_b', user_id: 'fay' }),
      aLine({ id: 'mem_a', user_id: 'fay' }),
    ];
    expect((await imported(lines.join('\n'))).body).toEqual({
      imported: 0,
      skipped: 1,
      failed: 3,
      errors: [
        { line: 1, detail: 'id: mem_a stands for another memory already' },
        { line: 2, detail: 'id: mem_a stands for another memory already' },
        { line: 3, detail: 'id: mem_b was erased here, and what was erased stays so' },
      ],
    });
  });

  test('reads what mem0 and LangGraph give out, once', async () => {
    const mem0 = JSON.stringify(
      {
        count: 2,
        next: null,
        previous: null,
        results: [
          {
            id: 'a1',
            memory: 'Name is Alice',
            user_id: 'alice',
            run_id: 'r',
            created_at: '2024-07-26T10:29:36.630547-07:00',
            updated_at: null,
          },
          { id: 'a2', memory: 'Likes figs', metadata: { k: 1 } },
        ],
      },
      null,
      2,
    );
    const langGraph = JSON.stringify([
      {
        namespace: ['memories', 'alice'],
        key: 'k1',
        value: { content: 'Plays chess' },
        created_at: '2024-08-01T00:00:00Z',
      },
    ]);
    for (const [file, count] of [
      [mem0, 2],
      [langGraph, 1],
    ] as const) {
      const answer = await imported(file, '?user_id=alice');
      expect(answer.body).toEqual({ imported: count, skipped: 0, failed: 0, errors: [] });
      expect((await imported(file, '?user_id=alice')).body).toMatchObject({ imported: 0, skipped: count });
    }
    expect(linesOf(await exported('user_id=alice'))).toMatchObject([
      {
        content: 'Name is Alice',
        session_id: 'r',
        created_at: '2024-07-26T17:29:36.630Z',
        valid_from: '2024-07-26T17:29:36.630Z',
      },
      { content: 'Likes figs', metadata: { k: 1, mem0: { id: 'a2' } } },
      { content: 'Plays chess', metadata: { langgraph: { namespace: ['memories', 'alice'], key: 'k1' } } },
    ]);
    const found = await post('/v1/memories/search', { user_id: 'alice', query: 'chess' });
    expect(found.body['data']).toMatchObject([{ memory: { content: 'Plays chess' } }]);
  });

  test('that breaks off leaves no half of a chain, and goes on when it is sent again', async () => {
    const chain = (i: number): [string, string] => {
      const [at, then] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];
      const old = {
        id: `mem_old_${i}`,
        content: `old ${i}`,
        superseded_by: `mem_new_${i}`,
        valid_until: then,
        superseded_at: then,
      };
      const fresh = { id: `mem_new_${i}`, content: `new ${i}`, supersedes: `mem_old_${i}`, created_at: then };
      return [aLine({ user_id: 'hal', created_at: at, ...old }), aLine({ user_id: 'hal', ...fresh })];
    };
    const chains = Array.from({ length: 1_500 }, (_, i) => chain(i));
    const lines = [...chains.map(([old]) => old), ...chains.map(([, fresh]) => fresh)];
    const cut = httpRequest(`${server.url}/v1/memories/import`, { method: 'POST', headers: NDJSON });
    cut.on('error', () => undefined);
    cut.write(`${lines.slice(0, 2_600).join('\n')}\n`);
    const arrived = async (): Promise<Line[]> => linesOf(await exported('user_id=hal'));
    await expect.poll(async () => (await arrived()).length, { timeout: 30_000 }).toBeGreaterThan(2_000);
    cut.destroy();
    const halves = async (): Promise<number> => {
      const stored = await arrived();
      const ids = new Set(stored.map(({ id }) => id));
      return stored.filter(({ superseded_by: next }) => next !== null && !ids.has(next as string)).length;
    };
    await expect.poll(halves, { timeout: 30_000 }).toBe(0);
    expect((await arrived()).length).toBeLessThan(3_000);
    const again = await imported(lines.join('\n'));
    expect(again.body).toMatchObject({ failed: 0 });
    expect(Number(again.body['imported'])).toBeLessThan(3_000);
    const stored = await arrived();
    expect(new Set(stored.map(({ id }) => id)).size).toBe(3_000);
    expect(stored).toHaveLength(3_000);
  });
});

describe('an import into a server that is killed', () => {
  test('is complete after it is sent again, with nothing twice', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'headroom-import-'));
    try {
      const lines = Array.from({ length: 20_000 }, (_, i) =>
        aLine({ id: `mem_k_${i}`, user_id: 'ida', content: `the fact number ${i}` }),
      );
      const first = await spawnServer({ HEADROOM_DATA_DIR: dataDir });
      const body = `${lines.join('\n')}\n`;
      const broken = fetch(`${first.url}/v1/memories/import`, { method: 'POST', body, headers: NDJSON });
      const failed = broken.then(
        () => false,
        () => true,
      );
      const total = async (): Promise<number> =>
        Number((await send(`${first.url}/v1/memories/stats?user_id=ida`)).body['total']);
      await expect.poll(total, { timeout: 30_000, interval: 5 }).toBeGreaterThan(0);
      await first.kill();
      expect(await failed).toBe(true);
      const second = await spawnServer({ HEADROOM_DATA_DIR: dataDir });
      try {
        const { body: answer } = await imported(body, '', second.url);
        expect(answer).toMatchObject({ failed: 0 });
        expect(Number(answer['skipped'])).toBeGreaterThan(0);
        expect(Number(answer['skipped']) + Number(answer['imported'])).toBe(20_000);
        const stored = linesOf(await exported('user_id=ida', second.url));
        expect(stored.map(({ id }) => id)).toEqual(lines.map((line) => (JSON.parse(line) as Line).id));
      } finally {
        await second.stop();
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

describe('an export that nobody reads', () => {
  test('waits for its reader', async () => {
    const content = 'x'.repeat(20_000);
    const lines = Array.from({ length: 3_000 }, (_, i) =>
      aLine({ id: `mem_w_${i}`, user_id: 'jan', content: `${i} ${content}` }),
    );
    expect((await imported(lines.join('\n'))).body).toMatchObject({ imported: 3_000 });
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

describe('behind keys', () => {
  test('nobody moves the memories of others', async () => {
    const bootstrap = { authorization: 'Bearer a-bootstrap-key-of-this-test' };
    const locked = await spawnServer({ HEADROOM_API_KEY: 'a-bootstrap-key-of-this-test' });
    try {
      const keyFor = async (bounds: object) => {
        const made = await send(`${locked.url}/v1/keys`, {
          json: { name: 'k', ...bounds },
          headers: bootstrap,
        });
        return { authorization: `Bearer ${made.body['key'] as string}` };
      };
      const ada = await keyFor({ tenant: 'acme', users: ['ada'] });
      const bob = await keyFor({ tenant: 'acme', users: ['bob'] });
      const globex = await keyFor({ tenant: 'globex' });
      type Key = typeof ada;
      const take = (key: Key, ...lines: string[]): Promise<Reply> =>
        send(`${locked.url}/v1/memories/import`, {
          method: 'POST',
          body: lines.join('\n'),
          headers: { ...NDJSON, ...key },
        });
      const give = (key: Key, user: string): Promise<Reply> =>
        send(`${locked.url}/v1/memories/export?user_id=${user}`, { headers: key });
      const ofBob = aLine({ id: 'mem_bob', user_id: 'bob', content: 'a secret zebra' });
      expect((await take(bob, ofBob)).body).toMatchObject({ imported: 1 });

      const intruding = await take(
        ada,
        ofBob,
        aLine({ id: 'mem_bob', user_id: 'ada' }),
        aLine({ id: 'mem_ada', user_id: 'ada' }),
      );
      expect(intruding.body).toMatchObject({
        imported: 1,
        failed: 2,
        errors: [
          { line: 1, detail: 'This API key is not allowed to act for that user.' },
          { line: 2, detail: 'id: mem_bob stands for another memory already' },
        ],
      });
      expect(intruding.text).not.toContain('zebra');
      expect((await give(ada, 'bob')).status).toBe(403);
      const rollback = { json: { user_id: 'bob', to: '2020-01-01T00:00:00Z' } };
      expect((await send(`${locked.url}/v1/memories/rollback`, { ...rollback, headers: ada })).status).toBe(
        403,
      );
      for (const path of ['export?user_id=bob', 'import', 'rollback']) {
        const method = path.startsWith('export') ? 'GET' : 'POST';
        expect((await send(`${locked.url}/v1/memories/${path}`, { method })).status).toBe(401);
      }

      expect((await give(globex, 'bob')).text).toBe('');
      expect(
        (await send(`${locked.url}/v1/memories/rollback`, { ...rollback, headers: globex })).body,
      ).toEqual({ changes: [] });
      expect(
        (await take(globex, aLine({ id: 'mem_bob', user_id: 'bob', content: 'ours' }))).body,
      ).toMatchObject({ imported: 1 });
      expect(linesOf(await give(globex, 'bob'))).toMatchObject([{ content: 'ours' }]);
      expect(linesOf(await give(bob, 'bob'))).toMatchObject([
        { content: 'a secret zebra', superseded_at: null },
      ]);
    } finally {
      await locked.stop();
    }
  });
});
