import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { send, type Reply } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const SECRET = 'zanzibar';
const CREW = ['ada', 'grace', 'edsger', 'barbara', 'donald'];

/** A page of ships; every page has other values. */
const page = (n: number, rows = 60): string =>
  JSON.stringify(
    Array.from({ length: rows }, (_, i) => ({
      ship_id: n * 1_000 + i,
      ship_name: `${SECRET} ${CREW[(n + i) % 5] ?? ''} ${String(n * 100 + i)}`,
      owner: {
        company: `company of the ${i % 2 === 0 ? 'north' : 'south'} sea`,
        since: 1900 + ((n * 7 + i) % 99),
      },
      berth: `quay ${String((i * 31 + n) % 97)}, harbour of the town on the river, ${String(i * n)} metres from the sea`,
    })),
  );

const prompt = (content: string, more: object = {}) => ({
  model: 'gpt-4o',
  messages: [
    { role: 'user', content: 'What is there?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'list_ships', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content },
  ],
  ...more,
});

/** A server with what its clients do. */
class Harbour {
  constructor(readonly server: SpawnedServer) {}

  get = (path: string): Promise<Reply> => send(`${this.server.url}${path}`);
  post = (path: string, json: unknown): Promise<Reply> => send(`${this.server.url}${path}`, { json });

  async compress(
    content: string,
    more: object = {},
  ): Promise<{ text: string; hash: string; snapshot: number }> {
    const { body } = await this.post('/v1/compress', prompt(content, more));
    const messages = body['messages'] as { content: string }[];
    return {
      text: messages[2]?.content ?? '',
      hash: (body['ccr_hashes'] as string[])[0] ?? '',
      snapshot: body['learned_snapshot'] as number,
    };
  }

  /** Reads pages, and asks for a ship of each by its name, or for the whole page. */
  async sail(from: number, to: number, askedBy: 'name' | 'whole'): Promise<void> {
    for (let n = from; n < to; n++) {
      const { hash } = await this.compress(page(n));
      const query = askedBy === 'name' ? { query: `${SECRET} ${String(n * 100 + 33)}` } : {};
      await this.post('/v1/retrieve', { hash, ...query });
    }
    await this.get('/v1/telemetry');
  }
}

let harbour: Harbour;
beforeAll(async () => {
  harbour = new Harbour(await spawnServer());
});
afterAll(async () => {
  await harbour.server.stop();
});

describe('a server that is asked for what it left out', () => {
  let session: { text: string };

  it('begins with the documented defaults', async () => {
    const { body } = await harbour.get('/v1/feedback/list_ships');
    expect(body).toEqual({
      tool_name: 'list_ships',
      hints: expect.objectContaining({
        max_items: 15,
        min_items: 3,
        suggested_items: null,
        skip_compression: false,
        preserve_fields: [],
      }) as unknown,
      pattern: null,
    });
    expect((await harbour.compress(page(1_000))).snapshot).toBe(0);
    session = await harbour.compress(page(1_001), { config: { session_id: 'monday' } });
  });

  it('keeps what is asked for by name in sight the next time', async () => {
    const names = (n: number) =>
      (JSON.parse(page(n)) as { ship_name: string }[]).map((ship) => ship.ship_name);
    const before = await harbour.compress(page(999));
    expect(names(999).every((name) => before.text.includes(name))).toBe(false);
    await harbour.sail(1, 13, 'name');
    const { body } = await harbour.get('/v1/feedback/list_ships');
    expect(body['hints']).toMatchObject({ max_items: 50, preserve_fields: ['ship_name'] });
    expect(body['pattern']).toMatchObject({
      search_rate: 1,
      full_retrieval_rate: 0,
      common_queries: ['ship_name'],
      queried_fields: ['ship_name'],
    });
    const after = await harbour.compress(page(998));
    expect(after.snapshot).toBeGreaterThan(0);
    expect(names(998).every((name) => after.text.includes(name))).toBe(true);
  });

  it('gives a session what it was given before, byte for byte', async () => {
    const again = await harbour.compress(page(1_001), { config: { session_id: 'monday' } });
    expect(again.text).toBe(session.text);
  });

  it('gives the same bytes for the same input and snapshot, and applies nothing where it is told so', async () => {
    const [one, two] = [await harbour.compress(page(997)), await harbour.compress(page(997))];
    expect(two).toEqual(one);
    const off = { config: { smart_crusher: { use_feedback_hints: false } } };
    const strict = { config: { smart_crusher: { toin_confidence_threshold: 1 } } };
    expect((await harbour.compress(page(997), off)).text).not.toBe(one.text);
    expect((await harbour.compress(page(997), strict)).text).toBe(
      (await harbour.compress(page(997), off)).text,
    );
  });

  it('tells what it learned on every route', async () => {
    const stats = (await harbour.get('/v1/toin/stats')).body;
    expect(stats).toMatchObject({ enabled: true, patterns_tracked: 1, patterns_with_recommendations: 1 });
    const [pattern] = (await harbour.get('/v1/toin/patterns?limit=5')).body as unknown as {
      hash: string;
      retrieval_rate: string;
    }[];
    expect(pattern).toMatchObject({ skip_recommended: false, optimal_max_items: 50 });
    expect(pattern?.hash).toMatch(/^[0-9a-f]{12}$/);
    expect(pattern?.retrieval_rate).toMatch(/^\d+\.\d%$/);
    const whole = (await harbour.get(`/v1/toin/pattern/${pattern?.hash ?? ''}`)).body;
    expect(whole['field_semantics']).toContainEqual(
      expect.objectContaining({ name: 'ship_id', types: ['number'], inferred_type: 'identifier' }),
    );
    const tools = (await harbour.get('/v1/telemetry/tools')).body as { tool_count: number; tools: object };
    expect(tools.tool_count).toBe(1);
    const [signature] = Object.keys(tools.tools);
    expect((await harbour.get(`/v1/telemetry/tools/${signature ?? ''}`)).body).toMatchObject({
      signature_hash: signature,
      stats: { total_retrievals: 12 },
      recommendations: { max_items: 50 },
    });
    const unknown = await harbour.get('/v1/telemetry/tools/ffffffffffff');
    expect(unknown.status).toBe(404);
    expect(unknown.body['detail']).toContain('ffffffffffff');
  });

  it('hands what it learned to another server, which counts it once, and holds no value of any output', async () => {
    const exported = await harbour.get('/v1/telemetry/export');
    expect(exported.body).toMatchObject({ version: '1.0', summary: { tool_signatures_tracked: 1 } });
    expect(exported.text).not.toContain(SECRET);
    const other = new Harbour(await spawnServer());
    try {
      const first = await other.post('/v1/telemetry/import', exported.body);
      expect(first.status).toBe(200);
      expect(first.body).toMatchObject({ status: 'imported', current_stats: { total_retrievals: 12 } });
      const second = await other.post('/v1/telemetry/import', exported.body);
      expect(second.body['current_stats']).toEqual(first.body['current_stats']);
      expect((await other.get('/v1/feedback/list_ships')).body['hints']).toMatchObject({ max_items: 50 });
      expect((await other.compress(page(996))).text).toContain(`${SECRET} ${CREW[3] ?? ''}`);
      // What was imported is not passed on as its own.
      expect((await other.get('/v1/telemetry/export')).body).toMatchObject({
        tool_stats: {
          [Object.keys(exported.body['tool_stats'] as object)[0] ?? '']: { tools: [{ total_retrievals: 0 }] },
        },
      });
      const own = await harbour.post('/v1/telemetry/import', exported.body);
      expect(own.body['current_stats']).toMatchObject({ total_retrievals: 12 });
    } finally {
      await other.server.stop();
    }
  });

  it('refuses an import that is none, and names every fault', async () => {
    const faulty = {
      export_timestamp: 'yesterday',
      tool_stats: { zzz: {}, abcdef0123456789: { total_compressions: -1 } },
    };
    const reply = await harbour.post('/v1/telemetry/import', faulty);
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('export_timestamp');
    expect(reply.text).toContain('total_compressions');
    expect((await harbour.get('/v1/telemetry')).body).toMatchObject({ tool_signatures_tracked: 1 });
  });
});

describe('what was learned', () => {
  it('survives an orderly stop at once', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'headroom-learning-'));
    const settings = { HEADROOM_DATA_DIR: dataDir };
    const server = new Harbour(await spawnServer(settings));
    await server.sail(1, 10, 'whole');
    const before = (await server.get('/v1/telemetry')).body;
    await server.compress(page(12));
    await server.server.stop();
    const again = new Harbour(await spawnServer(settings));
    try {
      const after = (await again.get('/v1/telemetry')).body;
      expect(after['total_compressions']).toBe((before['total_compressions'] as number) + 1);
      expect((await again.get('/v1/feedback/list_ships')).body['hints']).toMatchObject({
        skip_compression: true,
      });
      expect((await again.compress(page(13))).text).not.toContain('hash=');
    } finally {
      await again.server.stop();
      rmSync(dataDir, { recursive: true });
    }
  });

  it('is sent nowhere: the server reaches nothing but its upstream', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-reached-'));
    const reached = join(folder, 'reached');
    const provider = await new ScriptedProvider().start();
    const { origin } = provider;
    const server = new Harbour(
      await spawnServer({
        OPENAI_TARGET_API_URL: `${origin}/v1`,
        NODE_OPTIONS: `--import ${join(import.meta.dirname, '../support/record-connections.mjs')}`,
        RECORDED_CONNECTIONS: reached,
      }),
    );
    try {
      await server.sail(1, 8, 'name');
      const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-client' };
      const json = prompt(page(9, 200));
      expect((await send(`${server.server.url}/v1/chat/completions`, { json, headers })).status).toBe(200);
      // What waits to be stored is stored by now, and so would be what waits to be sent.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await server.get('/v1/telemetry/export');
    } finally {
      await server.server.stop();
      await provider.stop();
    }
    const places = new Set(readFileSync(reached, 'utf8').trim().split('\n'));
    expect([...places]).toEqual([`connect ${new URL(origin).host}`]);
    rmSync(folder, { recursive: true });
  });

  it('is nothing with HEADROOM_TELEMETRY=off', async () => {
    const server = new Harbour(await spawnServer({ HEADROOM_TELEMETRY: 'off' }));
    try {
      await server.sail(1, 8, 'whole');
      expect((await server.get('/v1/telemetry')).body).toMatchObject({
        enabled: false,
        total_compressions: 0,
      });
      expect((await server.get('/v1/toin/stats')).body).toMatchObject({
        enabled: false,
        patterns_tracked: 0,
      });
    } finally {
      await server.server.stop();
    }
  });
});
