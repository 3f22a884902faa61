import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anApp, type AnApp } from '../support/an-app.js';

let app: AnApp;
beforeAll(async () => {
  app = await anApp();
});
afterAll(() => app.close());

const rows = JSON.stringify(
  Array.from({ length: 200 }, (_, id) => ({ id, host: `web-${id}`, status: 'ok' })),
);
const messages = [
  { role: 'user', content: 'List the hosts' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'list_hosts', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: rows },
];
/** Asks another tool, so that nothing is learned of the first one. */
const others = JSON.parse(JSON.stringify(messages).replace('list_hosts', 'show_hosts')) as unknown[];
const NOTHING = {
  tokens_before: 0,
  tokens_after: 0,
  tokens_saved: 0,
  compression_ratio: 1,
  transforms_applied: [],
  transforms_summary: {},
  ccr_hashes: [],
  message_reports: [],
};

describe('POST /v1/compress', () => {
  it('works without a model, as guardrails call it', async () => {
    const { status, body } = await app.send('POST', '/v1/compress', {
      messages,
      litellm_call_id: 'unknown here',
    });
    expect(status).toBe(200);
    expect(body['tokens_after']).toBeLessThan(Number(body['tokens_before']) / 2);
    expect(/hash=([a-f0-9]{24})/.exec(JSON.stringify(body['messages']))?.[1]).toBe(
      (body['ccr_hashes'] as string[])[0],
    );
  });

  it('gives zeros for nothing, and the input untouched when bypassed', async () => {
    expect((await app.send('POST', '/v1/compress', { messages: [] })).body).toEqual({
      messages: [],
      ...NOTHING,
    });
    const bypassed = await app.send('POST', '/v1/compress', { messages }, { 'x-headroom-bypass': 'true' });
    expect(bypassed.body).toEqual({ messages, ...NOTHING });
  });

  it.each([
    ['{}', 'Missing required field: messages'],
    ['[]', 'Missing required field: messages'],
    ['{"messages": null}', 'Missing required field: messages'],
    ['{"messages": [', 'Invalid JSON in request body.'],
  ])('answers %s with the text that clients know', async (body, message) => {
    const reply = await app.send('POST', '/v1/compress', body);
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({ detail: message, error: { type: 'invalid_request', message } });
  });

  it.each([
    [{ messages: 'text' }, 'messages'],
    [{ messages: [1] }, 'messages[0]'],
    [{ messages, token_budget: -1 }, 'token_budget'],
    [{ messages, config: { mode: 'fast' } }, 'config.mode'],
  ])('names what is wrong with %j', async (body, path) => {
    const reply = await app.send('POST', '/v1/compress', body);
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({ error: { type: 'invalid_request' } });
    expect(reply.body['detail']).toContain(path);
  });

  describe('with a conversation that is too long', () => {
    const facts = [
      'The disk of host web-7 is full since noon',
      'well well well well well well well well well',
    ];
    const talk = Array.from({ length: 40 }, (_, i) => ({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `${facts[i % 3 === 0 ? 0 : 1] ?? ''}, said in turn ${i}`,
    }));
    const fitted = { messages: talk, model: 'gpt-4o', token_budget: 300 };
    const compressed = async (window: Record<string, unknown>): Promise<unknown> => {
      const config = { intelligent_context: window };
      return (await app.send('POST', '/v1/compress', { ...fitted, config })).body['messages'];
    };
    const context = async (asked: Record<string, unknown>): Promise<unknown> =>
      (await app.send('POST', '/v1/context', { ...fitted, ...asked })).body['messages'];

    it('weighs messages as the configuration says', async () => {
      const weights = { token_density: 3, recency: 0 };
      const weighed = await compressed({ scoring_weights: weights });
      expect(weighed).toEqual(await context({ weights }));
      expect(weighed).not.toEqual(await compressed({}));
      // Clients send all of it, what they leave to the server as null.
      expect(await compressed({ scoring_weights: { ...weights, error_indicator: null, luck: 1 } })).toEqual(
        weighed,
      );
      expect(await compressed({ scoring_weights: null, use_importance_scoring: null })).toEqual(
        await compressed({}),
      );
    });

    it.each([{ use_importance_scoring: false }, { enabled: false }])(
      'cuts by age with %j',
      async (window) => {
        const cut = await compressed({ ...window, scoring_weights: { token_density: 1 } });
        expect(cut).toEqual(await context({ strategy: 'rolling_window' }));
        expect(cut).not.toEqual(await compressed({ scoring_weights: { token_density: 1 } }));
      },
    );

    it('names a weight that is none', async () => {
      const config = { intelligent_context: { scoring_weights: { recency: -1 } } };
      const reply = await app.send('POST', '/v1/compress', { ...fitted, config });
      expect([reply.status, reply.body['detail']]).toEqual([
        400,
        expect.stringContaining('config.intelligent_context.scoring_weights.recency'),
      ]);
    });
  });

  it('reads the configuration in snake_case', async () => {
    const lossless = await app.send('POST', '/v1/compress', { messages, config: { mode: 'lossless' } });
    expect(JSON.stringify(lossless.body['messages'])).not.toContain('hash=');
    const skipped = await app.send('POST', '/v1/compress', {
      messages,
      config: { tool_profiles: { list_hosts: { skip_compression: true } } },
    });
    expect(skipped.body['messages']).toEqual(messages);
  });

  it('says of each message why it is as it is', async () => {
    const { body } = await app.send('POST', '/v1/compress', { messages: others });
    expect(body['message_reports']).toMatchObject([
      { index: 0, reason: 'protected_role' },
      { index: 1, reason: 'protected_role' },
      { index: 2, reason: 'compressed', content_type: 'json', transforms: body['transforms_applied'] },
    ]);
  });

  it('takes many prompts at once, each of which answers for itself', async () => {
    const alone = await app.send('POST', '/v1/compress', { messages: others });
    const faulty = { messages: others, config: { mode: 'fast' } };
    const tooSmall = { messages: others, token_budget: 1 };
    const requests = [{ messages: others }, {}, faulty, tooSmall];
    const { status, body } = await app.send('POST', '/v1/compress/batch', { requests });
    expect(status).toBe(200);
    expect(body['data']).toMatchObject([
      { index: 0, status: 'compressed', result: alone.body },
      { index: 1, status: 'error', error: { message: 'Missing required field: messages' } },
      { index: 2, status: 'error', error: { type: 'validation_error' } },
      { index: 3, status: 'error', error: { type: 'context_over_budget' } },
    ]);
    expect((await app.send('POST', '/v1/compress/batch', { requests: [] })).status).toBe(400);
  });

  it.each([
    ['compressed', {}, {}],
    ['simulated', {}, { config: { default_mode: 'simulate' } }],
    ['only counted', {}, { config: { default_mode: 'audit' } }],
    ['bypassed', { 'x-headroom-bypass': 'true' }, {}],
  ])('gives back what it leaves alone as it was sent, when it is %s', async (_, headers, more) => {
    const call =
      '{ "role":"assistant","content":[{"type":"tool_use","id":"c1","name":"get","input":{"id":12345678901234567890,"x":1.0,"y":"\\u00e9"}}] }';
    const result = JSON.stringify({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'c1', content: rows }],
    }).replace('"tool_use_id"', '"seq":1e21,"tool_use_id"');
    const prompt = JSON.stringify({ messages: [], ...more }).replace('[]', `[${call},${result}]`);
    const alone = await app.send('POST', '/v1/compress', prompt, headers);
    const batch = await app.send('POST', '/v1/compress/batch', `{"requests":[${prompt}]}`, headers);
    for (const { status, text } of [alone, batch]) {
      expect(status).toBe(200);
      expect(text).toContain(call);
      expect(text).toContain('"seq":1e21,');
    }
    expect(batch.body).toEqual({ data: [{ index: 0, status: 'compressed', result: alone.body }] });
  });

  it('only counts in an audit', async () => {
    const { body } = await app.send('POST', '/v1/compress', { messages, config: { default_mode: 'audit' } });
    expect(body['messages']).toEqual(messages);
    expect(body['tokens_before']).toBeGreaterThan(1000);
    expect(body['tokens_saved']).toBe(0);
  });
});

describe('retrieval over HTTP', () => {
  async function aHash(headers: Record<string, string> = {}): Promise<string> {
    const { body } = await app.send('POST', '/v1/compress', { messages }, headers);
    return String((body['ccr_hashes'] as string[])[0]);
  }

  it('gives originals whole or by query, by either route', async () => {
    const hash = await aHash();
    const whole = await app.send('POST', '/v1/retrieve', { hash });
    expect(whole.body).toMatchObject({ hash, original_content: rows, tool_name: 'list_hosts' });
    expect((await app.send('GET', `/v1/retrieve/${hash}`)).body['original_content']).toBe(rows);
    const found = await app.send('GET', `/v1/retrieve/${hash}?query=web-42`);
    expect(found.body).toMatchObject({
      hash,
      query: 'web-42',
      results: expect.arrayContaining([{ id: 42, host: 'web-42', status: 'ok' }]) as unknown,
    });
  });

  it('says what is missing and what is unknown', async () => {
    expect((await app.send('POST', '/v1/retrieve', {})).body).toMatchObject({ detail: 'hash required' });
    const unknown = await app.send('GET', `/v1/retrieve/${'0'.repeat(24)}`);
    expect(unknown.status).toBe(404);
    expect(unknown.body).toMatchObject({ detail: 'Entry not found (CCR TTL: 86400 seconds)' });
  });

  it("keeps one user's originals from another", async () => {
    const own = [{ role: 'tool', tool_call_id: 'x', content: rows.replaceAll('web', 'private') }];
    const ann = { 'x-headroom-user-id': 'ann' };
    const { body } = await app.send('POST', '/v1/compress', { messages: own }, ann);
    const [hash] = body['ccr_hashes'] as string[];
    expect((await app.send('POST', '/v1/retrieve', { hash }, ann)).status).toBe(200);
    expect((await app.send('POST', '/v1/retrieve', { hash }, { 'x-headroom-user-id': 'bob' })).status).toBe(
      404,
    );
  });

  it('answers tool calls of both shapes', async () => {
    const hash = await aHash();
    const anthropic = { id: 't1', name: 'headroom_retrieve', input: { hash } };
    expect(
      (await app.send('POST', '/v1/retrieve/tool_call', { tool_call: anthropic, provider: 'anthropic' }))
        .body,
    ).toMatchObject({
      success: true,
      tool_result: { type: 'tool_result', tool_use_id: 't1' },
    });
    const miss = { id: 'c1', function: { name: 'ccr_retrieve', arguments: `{"hash":"${'0'.repeat(24)}"}` } };
    const missed = await app.send('POST', '/v1/retrieve/tool_call', { tool_call: miss, provider: 'openai' });
    expect(missed.status).toBe(200);
    expect(missed.body).toMatchObject({ success: false, data: { status: 'not_found', ttl_seconds: 86400 } });
  });

  it('is learned from', async () => {
    const { body } = await app.send('GET', '/v1/feedback/list_hosts');
    expect(body).toMatchObject({
      tool_name: 'list_hosts',
      hints: { max_items: 15 },
      pattern: { search_rate: expect.any(Number) as unknown },
    });
    const patterns = JSON.parse((await app.send('GET', '/v1/toin/patterns')).text) as { hash: string }[];
    const hash = patterns[0]!.hash;
    expect((await app.send('GET', `/v1/toin/pattern/${hash.slice(0, 6)}`)).body).toMatchObject({ hash });
    expect((await app.send('GET', '/v1/toin/pattern/zzzz')).status).toBe(404);
    expect((await app.send('GET', '/v1/feedback/never-seen')).body).toMatchObject({ pattern: null });
  });
});

describe('a session', () => {
  const code = [
    'import { open } from "./files.js";',
    ...Array.from({ length: 60 }, (_, i) => [
      `export function step${String(i)}(input: number): number {`,
      `  const doubled = input * ${String(i + 2)};`,
      '  if (doubled > 100) return 100;',
      '  return doubled + open(input);',
      '}',
    ]).flat(),
  ].join('\n');
  const read = [
    { role: 'user', content: 'Look at the steps' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c9', type: 'function', function: { name: 'read_steps', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c9', content: code },
  ];
  const later = [
    ...read,
    ...Array.from({ length: 8 }, (_, i) => ({ role: 'user', content: `go on ${String(i)}` })),
  ];
  const prefixOf = async (conversation: unknown[], config: object): Promise<unknown[]> => {
    const { status, body } = await app.send('POST', '/v1/compress', { messages: conversation, config });
    expect(status).toBe(200);
    return (body['messages'] as unknown[]).slice(0, read.length);
  };

  it('is given the same bytes again for what it was given before', async () => {
    const session = { session_id: 'the same bytes' };
    const first = await prefixOf(read, session);
    expect(await prefixOf(later, session)).toEqual(first);
    expect(await prefixOf(later, { session_id: 'another' })).not.toEqual(first);
    expect(await prefixOf(later, {})).not.toEqual(first);
  });

  it('is bound by nothing that was only simulated', async () => {
    const session = { session_id: 'rehearsed' };
    const first = await prefixOf(read, { ...session, default_mode: 'simulate' });
    expect(await prefixOf(later, session)).not.toEqual(first);
  });

  it('may be named by anything', async () => {
    expect(await prefixOf(read, { session_id: 7 })).toHaveLength(read.length);
    expect(await prefixOf(read, { session_id: 'x\u0000'.repeat(5000) })).toHaveLength(read.length);
  });
});
