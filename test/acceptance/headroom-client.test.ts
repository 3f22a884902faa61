import {
  deepCamelCase,
  HeadroomAuthError,
  HeadroomClient,
  HeadroomCompressError,
  simulate,
  type OpenAIMessage,
} from 'headroom-ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const rows = Array.from({ length: 300 }, (_, id) => ({
  id,
  host: `web-${id % 9}.example.org`,
  status: id === 177 ? 'disk full' : 'ok',
  took_ms: (id * 37) % 911,
}));
const output = JSON.stringify(rows);
const messages: OpenAIMessage[] = [
  { role: 'system', content: 'You look after hosts. Today is 2026-11-22.' },
  { role: 'user', content: 'Which host has a full disk?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'list_hosts', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'call_1', content: output },
];

let server: SpawnedServer;
let client: HeadroomClient;

beforeAll(async () => {
  server = await spawnServer();
  client = new HeadroomClient({ baseUrl: server.url, fallback: false, retries: 0 });
});
afterAll(async () => {
  await server.stop();
});

describe('the headroom-ai client', () => {
  it('compresses a prompt and gets every original back byte for byte', async () => {
    const result = await client.compress(messages, { model: 'gpt-4o' });
    expect(result.compressed).toBe(true);
    expect(result.tokensAfter).toBeLessThan(result.tokensBefore / 2);
    expect(result.tokensSaved).toBe(result.tokensBefore - result.tokensAfter);
    expect(result.compressionRatio).toBeCloseTo(result.tokensAfter / result.tokensBefore);
    expect(result.transformsApplied).not.toEqual([]);
    expect(result.ccrHashes).not.toEqual([]);

    const originals = await Promise.all(result.ccrHashes.map((hash) => client.retrieve(hash)));
    expect(originals.map((original) => 'originalContent' in original && original.originalContent)).toContain(
      output,
    );
    expect(JSON.stringify(result.messages)).toContain('disk full');
  });

  it('keeps an explicit budget exactly', async () => {
    const long = Array.from({ length: 40 }, (_, i): OpenAIMessage => ({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `Turn ${i}: ${'all the words that were said here '.repeat(20)}`,
    }));
    const { tokensBefore } = await client.compress(long, { model: 'gpt-4o' });
    const tokenBudget = Math.floor(tokensBefore / 2);
    const fitted = await client.compress(long, { model: 'gpt-4o', tokenBudget });
    expect(fitted.tokensAfter).toBeLessThanOrEqual(tokenBudget);
    expect(fitted.messages.at(-1)).toEqual(long.at(-1));
    const [marker] = fitted.messages as { content: string }[];
    expect(marker?.content).toMatch(/^\[Earlier context compressed: \d+ message\(s\) dropped/);
  });

  it('says so when the budget cannot be kept', async () => {
    const attempt = client.compress(messages, { model: 'gpt-4o', tokenBudget: 5 });
    await expect(attempt).rejects.toMatchObject({ statusCode: 422, errorType: 'context_over_budget' });
  });

  it('searches an original', async () => {
    const { ccrHashes } = await client.compress(messages);
    const found = await client.retrieve(ccrHashes.at(-1)!, { query: 'disk full' });
    expect(found).toMatchObject({ count: 1, results: [{ id: 177 }] });
  });

  it('simulates', async () => {
    const plan = await simulate(messages, { client, model: 'gpt-4o' });
    expect(plan.tokensSaved).toBe(plan.tokensBefore - plan.tokensAfter);
    expect(plan.transforms).not.toEqual([]);
    expect(plan.messagesOptimized).toHaveLength(messages.length);
    expect(plan.estimatedSavings).toMatch(/^\d+\.\d%/);
    expect(plan.stablePrefixHash).toMatch(/^[a-f0-9]{24}$/);
    const { toolResult, toolCall, system, user } = plan.blockBreakdown;
    expect([toolResult, toolCall, system, user].every((tokens) => tokens! > 0)).toBe(true);
  });

  it('answers tool calls of models, misses too', async () => {
    const { ccrHashes } = await client.compress(messages);
    const call = (hash: string) =>
      client.handleToolCall({
        toolCall: {
          id: 'call_9',
          function: { name: 'headroom_retrieve', arguments: JSON.stringify({ hash }) },
        },
        provider: 'openai',
      });
    expect(await call(ccrHashes[0]!)).toMatchObject({
      success: true,
      toolResult: { role: 'tool', toolCallId: 'call_9' },
    });
    expect(await call('0'.repeat(24))).toMatchObject({ success: false, data: { status: 'not_found' } });
  });

  it('reads statistics in its own spelling', async () => {
    await client.compress(messages);
    const { store } = await client.getCCRStats();
    expect(store.entries).toBeGreaterThan(0);
    expect(store.originalTokensCached).toBeGreaterThan(store.compressedTokensCached);
    const stats = await client.proxyStats();
    expect(stats.requests.total).toBeGreaterThan(0);
    expect(stats.tokens.saved).toBeGreaterThan(0);
    expect(await client.prometheusMetrics()).toContain('headroom_requests_total');
  });

  it('reads health', async () => {
    expect(await client.health()).toMatchObject({ status: 'healthy' });
    expect(await client.validateSetup()).toMatchObject({ valid: true, errors: [] });
  });

  it('reads what was learned', async () => {
    await client.compress(messages);
    expect((await client.telemetry.getStats()).totalCompressions).toBeGreaterThan(0);
    expect(await client.feedback.getHints('list_hosts')).toMatchObject({ toolName: 'list_hosts' });
    expect((await client.toin.getStats()).patternsTracked).toBeGreaterThan(0);
    const [pattern] = await client.toin.getPatterns(5);
    expect(await client.toin.getPattern(pattern!.hash)).toMatchObject({ hash: pattern!.hash });
    const { toolCount, tools } = (await client.telemetry.getTools()) as { toolCount: number; tools: object };
    expect(toolCount).toBe(Object.keys(tools).length);
    const [signature = ''] = Object.keys(tools);
    expect(await client.telemetry.getTool(signature)).toMatchObject({
      signatureHash: signature,
      stats: { contentKind: 'json' },
    });
    expect(await client.feedback.getStats()).toMatchObject({ feedback: { totalCompressions: 1 } });
  });

  it('carries what was learned from one server to another, in its own spelling too', async () => {
    const learned = (await client.telemetry.export()) as object;
    const other = await spawnServer();
    try {
      const there = new HeadroomClient({ baseUrl: other.url, fallback: false, retries: 0 });
      expect(await there.telemetry.import(deepCamelCase(learned))).toMatchObject({ status: 'imported' });
      const stats = await there.telemetry.getStats();
      expect(stats.totalCompressions).toBe((await client.telemetry.getStats()).totalCompressions);
      await there.telemetry.import(learned);
      expect(await there.telemetry.getStats()).toEqual(stats);
      expect((await there.feedback.getHints('list_hosts')).pattern.totalCompressions).toBe(1);
    } finally {
      await other.stop();
    }
  });

  it('gets errors that it knows', async () => {
    await expect(client.retrieve('0'.repeat(24))).rejects.toThrow('Entry not found (CCR TTL: 86400 seconds)');
    await expect(client.compressRaw({})).rejects.toThrow('Missing required field: messages');
    await expect(client.compressRaw({})).rejects.toBeInstanceOf(HeadroomCompressError);
    await expect(client.compressRaw({ messages: [] })).resolves.toMatchObject({
      tokens_before: 0,
      compression_ratio: 1,
    });
  });
});

describe('the headroom-ai client without a key where one is needed', () => {
  it('is told that it is not authorised, and is served with the key', async () => {
    const locked = await spawnServer({ HEADROOM_API_KEY: 'hr_bootstrap_key_of_this_test' });
    try {
      const stranger = new HeadroomClient({
        baseUrl: locked.url,
        apiKey: 'hr_wrong',
        fallback: false,
        retries: 0,
      });
      await expect(stranger.compress(messages)).rejects.toBeInstanceOf(HeadroomAuthError);
      const owner = new HeadroomClient({
        baseUrl: locked.url,
        apiKey: 'hr_bootstrap_key_of_this_test',
        fallback: false,
        retries: 0,
      });
      await expect(owner.compress(messages)).resolves.toMatchObject({ compressed: true });
    } finally {
      await locked.stop();
    }
  });
});

describe('the headroom-ai client, when originals live for a second', () => {
  it('is told apart what has expired from what never was', async () => {
    const forgetful = await spawnServer({ HEADROOM_CCR_TTL_SECONDS: '1' });
    try {
      const owner = new HeadroomClient({ baseUrl: forgetful.url, fallback: false, retries: 0 });
      const { ccrHashes } = await owner.compress(messages);
      const [hash = ''] = ccrHashes;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await expect(owner.retrieve(hash)).rejects.toThrow(
        /^Entry expired \(CCR TTL: 1 seconds; age: \d+ seconds\)$/,
      );
      await expect(owner.retrieve('0'.repeat(24))).rejects.toThrow('Entry not found (CCR TTL: 1 seconds)');
    } finally {
      await forgetful.stop();
    }
  });
});
