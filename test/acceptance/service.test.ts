import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemOf, send } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const MAIN = join(import.meta.dirname, '../../dist/apps/server/src/main.js');
const BOOTSTRAP_KEY = 'a-bootstrap-key-of-this-test';

/** Starts a server that is expected not to come up. */
async function failToStart(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'] ?? '', HEADROOM_EMBEDDER: 'none', HEADROOM_PORT: '0', ...env },
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('a server on loopback without keys', () => {
  let server: SpawnedServer;
  const url = (path: string) => `${server.url}${path}`;

  beforeAll(async () => {
    server = await spawnServer({ HEADROOM_MAX_BODY_BYTES: '100000' });
  });
  afterAll(() => server.stop());

  test('says where its API, its docs and its data are', () => {
    expect(server.output()).toContain(server.url);
    expect(server.output()).toContain(`${server.url}/docs`);
    expect(server.output()).toContain(server.dataDir);
  });

  test('is alive, ready and healthy', async () => {
    expect((await send(url('/livez'))).status).toBe(200);
    const ready = await send(url('/readyz'));
    expect(ready.status).toBe(200);
    expect(Object.keys(ready.body['checks'] as object).sort()).toEqual([
      'embedder',
      'queue',
      'store',
      'vectors',
    ]);
    expect((await send(url('/health'))).body).toMatchObject({
      status: 'healthy',
      ready: true,
      version: '0.1.0',
    });
  });

  test('shows its contract and serves the page for it without a network', async () => {
    const contract = await send(url('/openapi.json'));
    expect(contract.body['openapi']).toBe('3.1.0');
    const page = (await send(url('/docs'))).text;
    expect(page).not.toMatch(/https?:\/\//);
    for (const [, path] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await send(url(path!))).status, path).toBe(200);
    }
  });

  test('has no cache of answers to clear', async () => {
    expect((await send(url('/cache/clear'), { method: 'POST' })).body).toEqual({ status: 'cache disabled' });
  });

  test('gives back a sane request id and makes one otherwise', async () => {
    const own = await send(url('/livez'), { headers: { 'x-request-id': 'trace-1:2' } });
    expect(own.headers.get('x-request-id')).toBe('trace-1:2');
    const odd = await send(url('/livez'), { headers: { 'x-request-id': 'x'.repeat(500) } });
    expect(odd.headers.get('x-request-id')).toMatch(/^req_/);
  });

  test('answers an unknown route in the documented shape', async () => {
    const reply = await send(url('/nowhere'));
    expect(reply.status).toBe(404);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(problemOf(reply)).toMatchObject({ status: 404, error: { type: 'not_found' } });
    expect(problemOf(reply).request_id).toBe(reply.headers.get('x-request-id'));
  });

  test('names every fault of a body at once, unknown fields included', async () => {
    const reply = await send(url('/v1/memories'), { json: { user_id: 7, contents: 'x', extra: 1 } });
    expect(reply.status).toBe(400);
    const paths = problemOf(reply).error.details.errors?.map((fault) => fault.path);
    expect(new Set(paths)).toEqual(new Set(['content', 'user_id', 'contents', 'extra']));
  });

  test.each([
    ['malformed JSON', '{"user_id": "u", '],
    ['JSON nested too deeply', `{"metadata":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ])('refuses %s', async (_what, body) => {
    const headers = { 'content-type': 'application/json' };
    const reply = await send(url('/v1/memories'), { method: 'POST', body, headers });
    expect(reply.status).toBe(400);
    expect(problemOf(reply).error.type).toBe('validation_error');
  });

  test('refuses a body over the limit', async () => {
    const reply = await send(url('/v1/memories'), { json: { user_id: 'u', content: 'x'.repeat(200_000) } });
    expect(reply.status).toBe(413);
    expect(problemOf(reply).error.type).toBe('payload_too_large');
  });

  test.each(['content-length: 20000000', 'transfer-encoding: chunked'])(
    'gives its refusal to a client that sends all of such a body before it reads (%s)',
    async (framing) => {
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      const piece = Buffer.alloc(1_000_000, 0x20);
      const isChunked = framing.includes('chunked');
      socket.write(
        `POST /v1/memories HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`,
      );
      for (let i = 0; i < 20; i++) {
        const part = isChunked ? [Buffer.from('f4240\r\n'), piece, Buffer.from('\r\n')] : [piece];
        if (!socket.write(Buffer.concat(part))) await once(socket, 'drain');
      }
      if (isChunked) socket.write('0\r\n\r\n');
      const [head] = (await once(socket, 'data')) as [Buffer];
      expect(head.toString()).toMatch(/^HTTP\/1\.1 413 /);
      socket.destroy();
    },
  );

  test('keeps keys such as __proto__ as the data they are', async () => {
    const body =
      '{"user_id":"proto","content":"odd keys","metadata":{"__proto__":{"polluted":true},"constructor":1}}';
    const headers = { 'content-type': 'application/json' };
    const created = await send(url('/v1/memories'), { method: 'POST', body, headers });
    expect(created.status).toBe(201);
    expect(created.text).toContain('"__proto__":{"polluted":true}');
    expect((await send(url('/livez'))).body).not.toHaveProperty('polluted');
  });

  test.each(['50%', 'a/b', `it's "quoted"`, '😀👩‍👩‍👧', 'ü'.repeat(512), '..a', ' '])(
    'takes the id %j in a path and in a body exactly',
    async (id) => {
      const entry = url(`/v1/shared-contexts/${encodeURIComponent(id)}/entries/${encodeURIComponent(id)}`);
      expect((await send(entry, { method: 'PUT', json: { content: 'for you' } })).status).toBe(201);
      expect((await send(`${entry}?full=true`)).body).toMatchObject({ key: id, content: 'for you' });
      const memory = await send(url('/v1/memories'), { json: { user_id: id, content: 'mine' } });
      expect(memory.body).toMatchObject({ user_id: id });
    },
  );

  test('refuses an address that cannot be decoded in the documented shape', async () => {
    const reply = await send(url('/v1/memories/%zz'));
    expect(reply.status).toBe(400);
    expect(problemOf(reply).error.type).toBe('validation_error');
  });

  test('replays a POST with the same Idempotency-Key and refuses the key for another body', async () => {
    const headers = { 'idempotency-key': 'once' };
    const json = { user_id: 'idem', content: 'said once' };
    const first = await send(url('/v1/memories'), { json, headers });
    const again = await send(url('/v1/memories'), { json, headers });
    expect(first.status).toBe(201);
    expect([again.status, again.text]).toEqual([201, first.text]);
    const other = await send(url('/v1/memories'), { json: { ...json, content: 'other' }, headers });
    expect(other.status).toBe(409);
  });

  test('logs ids and sizes, never contents', async () => {
    await send(url('/v1/memories'), { json: { user_id: 'log', content: 'the-content-of-a-memory' } });
    expect(server.output()).toContain('"route":"/v1/memories"');
    expect(server.output()).not.toContain('the-content-of-a-memory');
  });

  test('lets no second server onto its data folder', async () => {
    const { code, output } = await failToStart({ HEADROOM_DATA_DIR: server.dataDir });
    expect(code).toBe(1);
    expect(output).toContain('in use');
    expect(output).not.toMatch(/\n\s+at /);
    expect((await send(url('/readyz'))).status).toBe(200);
  });
});

describe('a server with keys', () => {
  let server: SpawnedServer;
  const secrets: Record<string, string> = {};
  const url = (path: string) => `${server.url}${path}`;
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  beforeAll(async () => {
    server = await spawnServer({ HEADROOM_API_KEY: BOOTSTRAP_KEY });
    for (const [name, more] of Object.entries({
      acme: {},
      globex: {},
      ada: { tenant: 'acme', users: ['ada'] },
    })) {
      const json = { name, tenant: name, ...more };
      const made = await send(url('/v1/keys'), { json, headers: bearer(BOOTSTRAP_KEY) });
      expect(made.status).toBe(201);
      secrets[name] = made.body['key'] as string;
    }
  });
  afterAll(() => server.stop());

  test('is open where probes look and closed elsewhere', async () => {
    for (const path of ['/livez', '/readyz', '/health', '/openapi.json', '/docs']) {
      expect((await send(url(path))).status, path).toBe(200);
    }
    for (const path of ['/stats', '/metrics', '/v1/keys', '/v1/memories?user_id=u', '/debug/memory']) {
      expect((await send(url(path))).status, path).toBe(401);
    }
  });

  test.each(['authorization', 'x-headroom-api-key', 'X-Headroom-Proxy-Token'])(
    'takes a key in %s',
    async (header) => {
      const value = header === 'authorization' ? `Bearer ${secrets['acme']!}` : secrets['acme']!;
      expect((await send(url('/stats'), { headers: { [header]: value } })).status).toBe(200);
      expect((await send(url('/stats'), { headers: { [header]: `${value}x` } })).status).toBe(401);
    },
  );

  test("hides a tenant's memories from others and a user's from keys that do not cover it", async () => {
    const json = { user_id: 'bob', content: 'of acme' };
    const made = await send(url('/v1/memories'), { json, headers: bearer(secrets['acme']!) });
    const memory = url(`/v1/memories/${made.body['id'] as string}`);
    expect((await send(memory, { headers: bearer(secrets['acme']!) })).status).toBe(200);
    expect((await send(memory, { headers: bearer(secrets['globex']!) })).status).toBe(404);
    const outside = await send(url('/v1/memories'), { json, headers: bearer(secrets['ada']!) });
    expect([outside.status, problemOf(outside).error.type]).toEqual([403, 'forbidden']);
    const own = await send(url('/v1/memories'), {
      json: { ...json, user_id: 'ada' },
      headers: bearer(secrets['ada']!),
    });
    expect(own.status).toBe(201);
  });

  test('lets the bootstrap key alone manage keys, and a revoked key is dead at once', async () => {
    const json = { name: 'short-lived' };
    expect((await send(url('/v1/keys'), { json, headers: bearer(secrets['acme']!) })).status).toBe(403);
    const made = await send(url('/v1/keys'), { json, headers: bearer(BOOTSTRAP_KEY) });
    const { id, key } = made.body as { id: string; key: string };
    expect(key).toMatch(/^hr_[\w-]{43}$/);
    const list = await send(url('/v1/keys'), { headers: bearer(BOOTSTRAP_KEY) });
    expect(list.text).toContain(id);
    expect(list.text).not.toContain(key);
    const revoke = await send(url(`/v1/keys/${id}`), { method: 'DELETE', headers: bearer(BOOTSTRAP_KEY) });
    expect(revoke.status).toBe(204);
    expect((await send(url('/stats'), { headers: bearer(key) })).status).toBe(401);
  });

  test('writes no key into its log', () => {
    for (const secret of [...Object.values(secrets), BOOTSTRAP_KEY])
      expect(server.output()).not.toContain(secret);
  });
});

describe('a start that must not happen', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-start-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('on a public address without keys', async () => {
    const { code, output } = await failToStart({
      HEADROOM_HOST: '0.0.0.0',
      HEADROOM_DATA_DIR: join(folder, 'public'),
    });
    expect(code).toBe(1);
    expect(output).toContain('HEADROOM_API_KEY');
  });

  test('with faults in the configuration, all named at once', async () => {
    const { code, output } = await failToStart({
      HEADROOM_PORT: 'eighty',
      HEADROOM_MODE: 'turbo',
      HEADROOM_STORE_URL: 'mysql://x',
      HEADROOM_DATA_DIR: folder,
    });
    expect(code).toBe(1);
    for (const name of ['HEADROOM_PORT', 'HEADROOM_MODE', 'HEADROOM_STORE_URL'])
      expect(output).toContain(name);
    expect(output).not.toMatch(/\n\s+at /);
  });

  test('on a damaged database, which is left as it was', async () => {
    const dataDir = join(folder, 'damaged');
    mkdirSync(dataDir);
    const file = join(dataDir, 'headroom.db');
    const damaged = Buffer.alloc(8192, 'this is no database ');
    writeFileSync(file, damaged);
    const { code, output } = await failToStart({ HEADROOM_DATA_DIR: dataDir });
    expect(code).toBe(1);
    expect(output).toContain('damaged');
    expect(readFileSync(file).equals(damaged)).toBe(true);
  });

  test('in a folder that cannot be made, because a file is in its way', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { code, output } = await failToStart({ HEADROOM_DATA_DIR: join(file, 'data') });
    expect(code).toBe(1);
    expect(output).toContain('HEADROOM_DATA_DIR');
  });
});

describe('a crash', () => {
  test('loses no memory that was acknowledged', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'headroom-crash-'));
    const settings = { HEADROOM_DATA_DIR: dataDir, HEADROOM_LOG_LEVEL: 'warn' };
    const doomed = await spawnServer(settings);
    const acknowledged: string[] = [];
    let killing: Promise<void> | undefined;
    const writes = Array.from({ length: 1000 }, async (_, i) => {
      try {
        const json = { user_id: 'crash', content: `fact number ${i} of many` };
        const reply = await send(`${doomed.url}/v1/memories`, { json });
        if (reply.status !== 201) return;
        acknowledged.push(reply.body['id'] as string);
        if (acknowledged.length === 300) killing = doomed.kill();
      } catch {
        // Cut off by the crash: nothing was promised.
      }
    });
    await Promise.all(writes);
    await killing;
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);
    expect(acknowledged.length).toBeLessThan(1000);

    const restarted = await spawnServer(settings);
    const found = await Promise.all(
      acknowledged.map(async (id) => (await send(`${restarted.url}/v1/memories/${id}`)).status),
    );
    expect(found.filter((status) => status !== 200)).toEqual([]);
    await restarted.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
