import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedProvider, completes } from '../support/scripted-provider.js';
import { problemOf, send } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const MEBIBYTE = 1024 * 1024;

/** A disk of its own, if this process may mount one: no setting of a test run can give it the right to. */
function mountDisk(mebibytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    console.warn('Left out: tests that need a disk of their own. Run them as a user who may mount one.');
    return undefined;
  }
}

function unmountDisk(folder: string): void {
  execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
}

/** Writes until the disk has no byte left. */
function fill(folder: string): void {
  try {
    writeFileSync(join(folder, 'filler'), Buffer.alloc(64 * MEBIBYTE));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

const rows = Array.from({ length: 400 }, (_, id) => ({ id, name: `item ${id}`, score: Math.sin(id) }));
const prompt = JSON.stringify({
  model: 'gpt-4o',
  temperature: 0.5,
  messages: [
    { role: 'user', content: 'look' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'list', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: JSON.stringify(rows) },
  ],
}).replace('0.5', '0.50');

const disk = mountDisk(6);

if (disk !== undefined)
  describe('a full disk', () => {
    const folder = disk;
    const settings = { HEADROOM_DATA_DIR: folder };
    const acknowledged = new Map<string, string>();
    let provider: ScriptedProvider;
    let server: SpawnedServer;
    const url = (path: string) => `${server.url}${path}`;

    beforeAll(async () => {
      provider = await new ScriptedProvider().start();
      server = await spawnServer({ ...settings, OPENAI_TARGET_API_URL: provider.origin });
      for (let i = 0; i < 20; i++) {
        const made = await send(url('/v1/memories'), {
          json: { user_id: 'ada', content: `fact ${i} of ada` },
        });
        acknowledged.set(made.body['id'] as string, `fact ${i} of ada`);
      }
      fill(folder);
    });
    afterAll(async () => {
      await server.stop();
      await provider.stop();
      unmountDisk(folder);
    });

    /** What was acknowledged, and does not read as it was written. */
    async function lost(): Promise<string[]> {
      const read = await Promise.all(
        [...acknowledged].map(async ([id, content]) => {
          const { body } = await send(url(`/v1/memories/${id}`));
          return body['content'] === content ? [] : [id];
        }),
      );
      return read.flat();
    }

    test('refuses writes in the documented shape', async () => {
      const [memory = ''] = acknowledged.keys();
      for (const [method, path, json] of [
        ['POST', '/v1/memories', { user_id: 'ada', content: 'x'.repeat(20_000) }],
        ['POST', `/v1/memories/${memory}/supersede`, { content: 'y'.repeat(20_000) }],
        ['PUT', '/v1/shared-contexts/c/entries/k', { content: 'z'.repeat(20_000) }],
      ] as const) {
        const reply = await send(url(path), { method, json });
        expect([reply.status, problemOf(reply).error.type], path).toEqual([503, 'storage_error']);
        expect(reply.headers.get('content-type')).toContain('application/problem+json');
      }
    });

    test('leaves the server alive but not ready, and what it has readable', async () => {
      expect((await send(url('/livez'))).status).toBe(200);
      expect((await send(url('/readyz'))).status).toBe(503);
      expect((await send(url('/health'))).body).toMatchObject({ status: 'unhealthy', ready: false });
      expect(await lost()).toEqual([]);
      const found = await send(url('/v1/memories/search'), { json: { user_id: 'ada', query: 'fact' } });
      expect(found.status).toBe(200);
    });

    test('does not break a call of the model, which goes through unchanged', async () => {
      provider.answers(completes('Hello there'), completes('Hello there'));
      for (const headers of [{}, { 'x-headroom-user-id': 'ada' }] as Record<string, string>[]) {
        const reply = await send(url('/v1/chat/completions'), {
          method: 'POST',
          body: prompt,
          headers: { 'content-type': 'application/json', ...headers },
        });
        expect(reply.status).toBe(200);
        expect(reply.headers.get('x-headroom-compression-failed')).toBe('true');
        expect(reply.text).toContain('Hello there');
        expect(provider.last.body.toString()).toBe(prompt);
      }
    });

    test('is forgotten when there is room again, and nothing acknowledged is lost', async () => {
      rmSync(join(folder, 'filler'));
      const made = await send(url('/v1/memories'), { json: { user_id: 'ada', content: 'room again' } });
      expect(made.status).toBe(201);
      acknowledged.set(made.body['id'] as string, 'room again');
      await expect.poll(async () => (await send(url('/readyz'))).status, { timeout: 10_000 }).toBe(200);
      await server.kill();
      server = await spawnServer({ ...settings, OPENAI_TARGET_API_URL: provider.origin });
      expect(await lost()).toEqual([]);
    });
  });

describe('a database file that is damaged in its middle', () => {
  test('answers with an error of the documented shape, and the server stays up', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-damaged-'));
    const settings = { HEADROOM_DATA_DIR: folder };
    const whole = await spawnServer(settings);
    const memories = Array.from({ length: 200 }, (_, i) => ({ user_id: 'u', content: `${i} `.repeat(400) }));
    await send(`${whole.url}/v1/memories/batch`, { json: { memories } });
    await whole.stop();

    const file = join(folder, 'headroom.db');
    const bytes = readFileSync(file);
    bytes.fill(0xa5, Math.floor(bytes.length / 2), bytes.length - 4096);
    writeFileSync(file, bytes);
    const server = await spawnServer(settings);
    const list = await send(`${server.url}/v1/memories?user_id=u&limit=200`);
    expect([list.status, problemOf(list).error.type]).toEqual([503, 'storage_error']);
    expect(problemOf(list).detail).toContain('damaged');
    expect((await send(`${server.url}/livez`)).status).toBe(200);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
