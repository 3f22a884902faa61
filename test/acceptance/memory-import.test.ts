import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aLine, linesOf, MemoryFiles, NDJSON, type Line } from '../support/memory-files.js';
import { send } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

let server: SpawnedServer;
let files: MemoryFiles;
beforeAll(async () => {
  // A file is far larger than a body may be elsewhere.
  server = await spawnServer({ HEADROOM_MAX_BODY_BYTES: '20000' });
  files = new MemoryFiles(server.url);
});
afterAll(() => server.stop());

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
    const reply = await files.imported(body);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ imported: faulty.length, skipped: 0, failed: faulty.length });
    const errors = reply.body['errors'] as { line: number; detail: string }[];
    expect(errors.map(({ line }) => line)).toEqual(faulty.map((_, i) => 2 * i + 2));
    faulty.forEach(([, word], i) => {
      expect(errors[i]?.detail).toContain(word);
    });
    expect(reply.text).not.toContain(secret);
    expect(linesOf(await files.exported('user_id=eve')).map(({ content }) => content)).toEqual(
      faulty.map((_, i) => `sound ${i}`),
    );
  });

  test('lists a hundred faults and counts all', async () => {
    const reply = await files.imported('{}\n'.repeat(250));
    expect(reply.body).toMatchObject({ imported: 0, failed: 250 });
    expect(reply.body['errors']).toHaveLength(100);
  });

  test('takes nothing for nothing, and refuses what it does not know', async () => {
    expect((await files.imported('')).body).toEqual({ imported: 0, skipped: 0, failed: 0, errors: [] });
    expect((await files.imported('', '?format=csv')).status).toBe(400);
    expect((await files.imported('', '?colour=red')).status).toBe(400);
  });

  test('refuses another content under an id that is there, and what was erased', async () => {
    await files.imported(
      [aLine({ id: 'mem_a', user_id: 'fay' }), aLine({ id: 'mem_b', user_id: 'fay' })].join('\n'),
    );
    await send(`${server.url}/v1/memories/mem_b`, { method: 'DELETE' });
    const lines = [
      aLine({ id: 'mem_a', user_id: 'fay', content: 'another' }),
      aLine({ id: 'mem_a', user_id: 'gus' }),
      aLine({ id: 'mem_b', user_id: 'fay' }),
      aLine({ id: 'mem_a', user_id: 'fay' }),
    ];
    expect((await files.imported(lines.join('\n'))).body).toEqual({
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
      const answer = await files.imported(file, '?user_id=alice');
      expect(answer.body).toEqual({ imported: count, skipped: 0, failed: 0, errors: [] });
      expect((await files.imported(file, '?user_id=alice')).body).toMatchObject({
        imported: 0,
        skipped: count,
      });
    }
    expect(linesOf(await files.exported('user_id=alice'))).toMatchObject([
      {
        content: 'Name is Alice',
        session_id: 'r',
        created_at: '2024-07-26T17:29:36.630Z',
        valid_from: '2024-07-26T17:29:36.630Z',
      },
      { content: 'Likes figs', metadata: { k: 1, mem0: { id: 'a2' } } },
      { content: 'Plays chess', metadata: { langgraph: { namespace: ['memories', 'alice'], key: 'k1' } } },
    ]);
    const found = await send(`${server.url}/v1/memories/search`, {
      json: { user_id: 'alice', query: 'chess' },
    });
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
    const arrived = async (): Promise<Line[]> => linesOf(await files.exported('user_id=hal'));
    await expect.poll(async () => (await arrived()).length, { timeout: 30_000 }).toBeGreaterThan(2_000);
    cut.destroy();
    const halves = async (): Promise<number> => {
      const stored = await arrived();
      const ids = new Set(stored.map(({ id }) => id));
      return stored.filter(({ superseded_by: next }) => next !== null && !ids.has(next as string)).length;
    };
    await expect.poll(halves, { timeout: 30_000 }).toBe(0);
    expect((await arrived()).length).toBeLessThan(3_000);
    const again = await files.imported(lines.join('\n'));
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
        const { body: answer } = await new MemoryFiles(second.url).imported(body);
        expect(answer).toMatchObject({ failed: 0 });
        expect(Number(answer['skipped'])).toBeGreaterThan(0);
        expect(Number(answer['skipped']) + Number(answer['imported'])).toBe(20_000);
        const stored = linesOf(await new MemoryFiles(second.url).exported('user_id=ida'));
        expect(stored.map(({ id }) => id)).toEqual(lines.map((line) => (JSON.parse(line) as Line).id));
      } finally {
        await second.stop();
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
