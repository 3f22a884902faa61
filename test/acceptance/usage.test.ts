import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { HeadroomClient } from 'headroom-ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedProvider, completes } from '../support/scripted-provider.js';
import { send, type Reply } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

/** Any number. */
const A_NUMBER: unknown = expect.any(Number);

const rows = Array.from({ length: 300 }, (_, id) => ({ id, name: `row ${id}`, load: (id * 37) % 911 }));
const messages = [
  { role: 'user', content: 'look' },
  { role: 'tool', tool_call_id: 'c', content: JSON.stringify(rows) },
];

const compress = ({ url }: SpawnedServer): Promise<Reply> =>
  send(`${url}/v1/compress`, { json: { model: 'gpt-4o', messages } });

interface Lifetime {
  readonly requests: number;
  readonly tokens_saved: number;
  readonly compression_savings_usd: number;
}

async function lifetimeOf({ url }: SpawnedServer): Promise<Lifetime> {
  const { body } = await send(`${url}/stats`);
  return (body['persistent_savings'] as { lifetime: Lifetime }).lifetime;
}

type Bucket = Readonly<Record<string, string | number>>;
interface History {
  readonly lifetime: Lifetime;
  readonly history_mode: string;
  readonly history: readonly Bucket[];
  readonly series: Readonly<Record<string, readonly Bucket[]>>;
}

async function historyOf({ url }: SpawnedServer, query = ''): Promise<History> {
  const { status, body } = await send(`${url}/stats-history${query}`);
  expect(status).toBe(200);
  return body as unknown as History;
}

describe('what requests came to', () => {
  let provider: ScriptedProvider;
  let server: SpawnedServer;
  let saved: number;
  let before: number;

  beforeAll(async () => {
    provider = await new ScriptedProvider().start();
    server = await spawnServer({ OPENAI_TARGET_API_URL: provider.origin });
    const { body } = await compress(server);
    [saved, before] = [body['tokens_saved'] as number, body['tokens_before'] as number];
    provider.answers(completes('Hello there'));
    const json = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] };
    await send(`${server.url}/v1/chat/completions`, { json });
  });
  afterAll(async () => {
    await server.stop();
    await provider.stop();
  });

  test('is in every field of /stats that is documented', async () => {
    const { body } = await send(`${server.url}/stats?cached=1`);
    const spread = { average_ms: A_NUMBER, min_ms: A_NUMBER, max_ms: A_NUMBER };
    const timing = { average_ms: A_NUMBER, max_ms: A_NUMBER, count: 1 };
    expect(body).toMatchObject({
      requests: {
        total: 2,
        cached: 0,
        rate_limited: 0,
        failed: 0,
        by_provider: { openai: 2 },
        by_model: { 'gpt-4o': 2 },
      },
      tokens: {
        input: A_NUMBER,
        output: A_NUMBER,
        saved,
        cli_tokens_avoided: 0,
        total_before_compression: A_NUMBER,
        savings_percent: A_NUMBER,
      },
      latency: spread,
      overhead: spread,
      pipeline_timing: { compress: timing, 'chat.completions': timing },
      waste_signals: {},
      cost: { total_cost_usd: A_NUMBER, total_savings_usd: A_NUMBER },
      cache: { entries: 0, total_hits: 0 },
      compression: {
        ccr_entries: 1,
        ccr_max_entries: 100_000,
        original_tokens_cached: A_NUMBER,
        compressed_tokens_cached: A_NUMBER,
        ccr_retrievals: 0,
      },
      feedback_loop: {
        tools_tracked: A_NUMBER,
        total_compressions: A_NUMBER,
        total_retrievals: 0,
        global_retrieval_rate: 0,
      },
      persistent_savings: {
        lifetime: { requests: 2, tokens_saved: saved, compression_savings_usd: A_NUMBER },
      },
    });
    const tokens = body['tokens'] as Record<string, number>;
    expect(tokens['total_before_compression']).toBe((tokens['input'] ?? 0) + saved);
    expect(tokens['savings_percent']).toBeCloseTo(
      (saved / (tokens['total_before_compression'] ?? 1)) * 100,
      1,
    );
    const [newest, oldest] = body['recent_requests'] as Record<string, unknown>[];
    expect(newest).toMatchObject({ operation: 'chat.completions', mode: 'optimize', failed: false });
    expect(oldest).toMatchObject({
      operation: 'compress',
      model: 'gpt-4o',
      tokens_input_before: before,
      input_tokens_original: before,
      tokens_input_after: before - saved,
      input_tokens_optimized: before - saved,
      tokens_saved: saved,
    });
  });

  test('reads alike through the public client', async () => {
    const client = new HeadroomClient({ baseUrl: server.url, fallback: false, retries: 0 });
    const stats = await client.proxyStats();
    expect(stats.requests).toMatchObject({ total: 2, rateLimited: 0, byProvider: { openai: 2 } });
    expect(stats.tokens.saved).toBe(saved);
    expect(stats.pipelineTiming['compress']?.count).toBe(1);
    expect(stats.compression.ccrMaxEntries).toBe(100_000);
    expect(stats.feedbackLoop.globalRetrievalRate).toBe(0);
  });

  test('is one history, whatever the width of its buckets', async () => {
    const { lifetime, series, history, history_mode } = await historyOf(server);
    expect(lifetime).toEqual({
      requests: 2,
      tokens_saved: saved,
      compression_savings_usd: A_NUMBER,
    });
    expect(Object.keys(series)).toEqual(['hourly', 'daily', 'weekly', 'monthly']);
    for (const buckets of Object.values(series)) {
      const sum = (of: string): number => buckets.reduce((total, bucket) => total + Number(bucket[of]), 0);
      expect([sum('requests'), sum('tokens_saved')]).toEqual([2, saved]);
      expect(sum('compression_savings_usd')).toBeCloseTo(lifetime.compression_savings_usd);
    }
    expect(history_mode).toBe('compact');
    expect(history).toEqual(series['hourly']);
    expect(await lifetimeOf(server)).toMatchObject(lifetime);
  });

  test('is shown as much as is asked for', async () => {
    expect(Object.keys((await historyOf(server, '?series=weekly')).series)).toEqual(['weekly']);
    expect((await historyOf(server, '?history_mode=none')).history).toEqual([]);
    expect((await historyOf(server, '?history_mode=full')).history).not.toEqual([]);
    for (const faulty of ['series=yearly', 'format=xml', 'history_mode=some']) {
      expect((await send(`${server.url}/stats-history?${faulty}`)).status, faulty).toBe(400);
    }
  });

  test.each(['history', 'hourly', 'daily', 'weekly', 'monthly'])('is the same as CSV: %s', async (series) => {
    const reply = await send(`${server.url}/stats-history?format=csv&series=${series}`);
    expect(reply.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const read = parse<Record<string, string>>(reply.text, { columns: true, record_delimiter: '\r\n' });
    const { series: asJson } = await historyOf(server);
    const expected = asJson[series === 'history' ? 'hourly' : series] ?? [];
    expect(read).toEqual(
      expected.map((bucket) =>
        Object.fromEntries(Object.entries(bucket).map(([name, value]) => [name, String(value)])),
      ),
    );
  });
});

describe('lifetime savings', () => {
  test('are lost neither by a restart nor by a crash, once they were shown or a second has passed', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'headroom-usage-'));
    const start = (): Promise<SpawnedServer> => spawnServer({ HEADROOM_DATA_DIR: dataDir });

    const first = await start();
    await Promise.all(Array.from({ length: 20 }, () => compress(first)));
    const shown = await lifetimeOf(first);
    expect(shown.requests).toBe(20);
    await first.kill();

    const second = await start();
    expect(await lifetimeOf(second)).toEqual(shown);
    await Promise.all(Array.from({ length: 30 }, () => compress(second)));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await second.kill();

    const third = await start();
    expect(await lifetimeOf(third)).toMatchObject({
      requests: 50,
      tokens_saved: (shown.tokens_saved / 20) * 50,
    });
    await compress(third);
    expect(await third.stop()).toBe(0);

    const last = await start();
    expect((await lifetimeOf(last)).requests).toBe(51);
    expect((await send(`${last.url}/stats`)).body).toMatchObject({ requests: { total: 0 } });
    expect((await historyOf(last)).lifetime.requests).toBe(51);
    await last.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
