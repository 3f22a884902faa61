import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  chunkOf,
  completes,
  DONE,
  hangs,
  resets,
  ScriptedProvider,
  sends,
  sendsJson,
  streams,
  streamsThenHangs,
  streamsThenResets,
} from '../support/scripted-provider.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

let provider: ScriptedProvider;
let server: SpawnedServer;
let client: OpenAI;

beforeAll(async () => {
  provider = await new ScriptedProvider().start();
  server = await spawnServer({ OPENAI_TARGET_API_URL: `${provider.origin}/v1` });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk-client', maxRetries: 0 });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  provider.reset();
});

const ask = (text: string) => ({ model: 'gpt-4o', messages: [{ role: 'user' as const, content: text }] });
const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-client', ...headers },
    body,
  });

describe('the openai client on our address', () => {
  it('gets a whole answer', async () => {
    provider.answers(completes('Hello there'));
    const completion = await client.chat.completions.create(ask('Hi'));
    expect(completion.choices[0]?.message.content).toBe('Hello there');
    expect(completion.usage?.total_tokens).toBe(15);
  });

  it('gets a stream, with its usage', async () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
    provider.answers(
      streams([
        chunkOf({ role: 'assistant', content: '' }),
        chunkOf({ content: 'Hel' }),
        chunkOf({ content: 'lo' }),
        chunkOf({}, 'stop'),
        chunkOf({}, null, { choices: [], usage }),
        DONE,
      ]),
    );
    const stream = client.chat.completions.stream({ ...ask('Hi'), stream_options: { include_usage: true } });
    expect(await stream.finalContent()).toBe('Hello');
    expect(await stream.totalUsage()).toMatchObject(usage);
  });

  it.each([false, true])('gets calls of its own tools (stream: %s)', async (stream) => {
    provider.answers(completes({ calls: [{ id: 'call_9', name: 'book', arguments: '{"seat":"1A"}' }] }));
    const tools = [{ type: 'function' as const, function: { name: 'book', parameters: { type: 'object' } } }];
    const called = stream
      ? (await client.chat.completions.stream({ ...ask('Book'), tools }).finalMessage()).tool_calls
      : (await client.chat.completions.create({ ...ask('Book'), tools })).choices[0]?.message.tool_calls;
    expect(called).toMatchObject([{ id: 'call_9', function: { name: 'book', arguments: '{"seat":"1A"}' } }]);
  });

  it('lists models and reaches every other route of the provider', async () => {
    provider.answers(sendsJson(200, { object: 'list', data: [{ id: 'gpt-4o', object: 'model' }] }));
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['gpt-4o']);
    provider.answers(sendsJson(200, { data: [{ embedding: [0.5], index: 0 }] }));
    await client.embeddings.create({ model: 'e', input: 'x', encoding_format: 'float' });
    expect(provider.last).toMatchObject({ method: 'POST', url: '/v1/embeddings' });
  });
});

describe('what reaches the provider', () => {
  const body =
    '{ "model":"gpt-4o", "temperature":1.0,"seed":12345678901234567890,\n "messages":[{"role":"user","content":"caf\\u00e9 \\ud83d\\ude00"}] ,"x_unknown":{"b":[1e21],"a":-0.0}}';

  it('is the body as it was sent, byte for byte', async () => {
    await post(body);
    expect(provider.last.body.toString()).toBe(body);
    await post(body, { 'x-headroom-bypass': 'true', 'x-headroom-user-id': 'ada' });
    expect(provider.last.body.toString()).toBe(body);
    await post('not json at all', { 'x-headroom-mode': 'passthrough' });
    expect(provider.last.body.toString()).toBe('not json at all');
  });

  it('has the client’s key and headers, and none of ours', async () => {
    await post(body, {
      'x-headroom-session-id': 's',
      'x-headroom-tag-team': 't',
      'openai-organization': 'org',
    });
    const { headers, url } = provider.last;
    expect(url).toBe('/v1/chat/completions');
    expect(headers).toMatchObject({ authorization: 'Bearer sk-client', 'openai-organization': 'org' });
    expect(Object.keys(headers).filter((name) => name.startsWith('x-headroom'))).toEqual([]);
    expect(headers.host).toBe(new URL(provider.origin).host);
  });

  it('never has a key of this service', async () => {
    await post(body, { authorization: `Bearer hr_${'a'.repeat(43)}` });
    expect(provider.last.headers.authorization).toBeUndefined();
  });

  it('never has a key of this service, in however many headers it came', async () => {
    const key = `hr_${'b'.repeat(43)}`;
    const inPlaceOfProviders = { authorization: `Bearer ${key}`, 'x-api-key': key, 'api-key': key };
    await post(body, { 'x-headroom-api-key': key, ...inPlaceOfProviders });
    expect(JSON.stringify(provider.last.headers)).not.toContain(key);
    await post(body, { ...inPlaceOfProviders, 'x-goog-api-key': key });
    expect(JSON.stringify(provider.last.headers)).not.toContain(key);
  });

  it('is the same with a project in the address', async () => {
    const response = await fetch(`${server.url}/p/my%20project/v1/chat/completions?a=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(200);
    expect(provider.last.url).toBe('/v1/chat/completions?a=1');
  });

  it('goes where the caller says', async () => {
    const other = await new ScriptedProvider().start();
    await post(body, { 'x-headroom-base-url': `${other.origin}/v1/` });
    expect(other.last.url).toBe('/v1/chat/completions');
    expect(provider.received).toHaveLength(0);
    await other.stop();
    expect((await post(body, { 'x-headroom-base-url': 'file:///etc/passwd' })).status).toBe(400);
    expect((await post(body, { 'x-headroom-base-url': 'http://169.254.169.254' })).status).toBe(400);
  });

  it('is the configured key, and that only at the configured address', async () => {
    const keyed = await spawnServer({ OPENAI_TARGET_API_URL: provider.origin, OPENAI_API_KEY: 'sk-house' });
    const other = await new ScriptedProvider().start();
    const own = new OpenAI({ baseURL: `${keyed.url}/v1`, apiKey: 'sk-client', maxRetries: 0 });
    await own.chat.completions.create(ask('Hi'));
    expect(provider.last.headers.authorization).toBe('Bearer sk-house');
    await own.chat.completions.create(ask('Hi'), { headers: { 'x-headroom-base-url': other.origin } });
    expect(other.last.headers.authorization).toBe('Bearer sk-client');
    await other.stop();
    await keyed.stop();
  });
});

describe('a server with keys', () => {
  const body = JSON.stringify(ask('Hi'));
  let keyed: SpawnedServer;
  const send = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${keyed.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  beforeAll(async () => {
    keyed = await spawnServer({
      OPENAI_TARGET_API_URL: provider.origin,
      HEADROOM_API_KEY: 'hr_bootstrap-of-the-house',
    });
  });
  afterAll(() => keyed.stop());

  it('refuses whoever has none, in OpenAI’s shape', async () => {
    const response = await send({ authorization: 'Bearer sk-client' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { type: 'authentication_error' } });
    expect(provider.received).toHaveLength(0);
  });

  it('takes its key in a header of its own and passes the provider’s on', async () => {
    const own = { 'x-headroom-api-key': 'hr_bootstrap-of-the-house' };
    expect((await send({ ...own, authorization: 'Bearer sk-client' })).status).toBe(200);
    expect(provider.last.headers).toMatchObject({ authorization: 'Bearer sk-client' });
    expect(JSON.stringify(provider.last.headers)).not.toContain('bootstrap');
  });

  it('holds a key to its users', async () => {
    const created = await fetch(`${keyed.url}/v1/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer hr_bootstrap-of-the-house' },
      body: JSON.stringify({ name: 'ada', users: ['ada'] }),
    });
    const { key } = (await created.json()) as { key: string };
    expect((await send({ 'x-headroom-api-key': key, 'x-headroom-user-id': 'ada' })).status).toBe(200);
    const refused = await send({ 'x-headroom-api-key': key, 'x-headroom-user-id': 'bob' });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: { type: 'permission_error' } });
    expect(provider.received).toHaveLength(1);
  });
});

describe('errors', () => {
  it.each([
    [401, 'AuthenticationError'],
    [404, 'NotFoundError'],
    [500, 'InternalServerError'],
  ] as const)('of the provider pass through: %d', async (status, name) => {
    const error = { message: 'as the provider says', type: 'x', param: null, code: 'y' };
    provider.answers(sendsJson(status, { error }, { 'x-request-id': 'req-up' }));
    const thrown = await client.chat.completions.create(ask('Hi')).catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(OpenAI[name]);
    expect(thrown).toMatchObject({ status, error, requestID: 'req-up' });
  });

  it('pass through with Retry-After, for the client to wait', async () => {
    provider.answers(
      sendsJson(429, { error: { message: 'slow down' } }, { 'retry-after': '0.05' }),
      completes('ok'),
    );
    const patient = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk', maxRetries: 1 });
    expect((await patient.chat.completions.create(ask('Hi'))).choices[0]?.message.content).toBe('ok');
    expect(provider.received).toHaveLength(2);
  });

  it('pass through as they are, whatever they look like', async () => {
    provider.answers(sends(503, '<h1>down</h1>', { 'content-type': 'text/html', 'retry-after': '7' }));
    const response = await post(JSON.stringify(ask('Hi')));
    expect([response.status, await response.text()]).toEqual([503, '<h1>down</h1>']);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('content-type')).toBe('text/html');
  });

  it.each([
    ['HTML instead of JSON', sends(200, '<html>', { 'content-type': 'text/html' })],
    ['half a body', sends(200, '{"choices":[{"mess')],
    ['a broken connection', resets],
  ])('are told in OpenAI’s shape when the provider sends %s', async (_, answer) => {
    provider.answers(answer);
    const thrown = await client.chat.completions.create(ask('Hi')).catch((cause: unknown) => cause);
    expect(thrown).toMatchObject({ status: 502, type: 'provider_error' });
  });

  it('say what to do when the provider cannot be reached', async () => {
    const response = await post(JSON.stringify(ask('Hi')), { 'x-headroom-base-url': 'http://127.0.0.1:9' });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { type: 'provider_error', message: /base URL/ } });
  });

  it('name what is wrong with a body that is not JSON, without asking the provider', async () => {
    const response = await post('{"model":');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(provider.received).toHaveLength(0);
  });

  it.each([
    ['breaks', streamsThenResets([chunkOf({ content: 'half' })])],
    ['ends in half an event', streams([chunkOf({ content: 'half' }), 'data: {"choi'])],
  ])('end a stream that %s in one event', async (_, answer) => {
    provider.answers(answer);
    const text = await (await post(JSON.stringify({ ...ask('Hi'), stream: true }))).text();
    expect(text).toMatch(
      /^data: \{.*half.*\}\n\ndata: \{"error":\{"message":"[^"]+","type":"provider_error"\}\}\n\n$/,
    );
  });

  it('of a stream reach the openai client', async () => {
    provider.answers(streamsThenResets([chunkOf({ content: 'half' })]));
    const stream = await client.chat.completions.create({ ...ask('Hi'), stream: true });
    const read = async (): Promise<void> => {
      for await (const _ of stream);
    };
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError);
  });
});

describe('a stream', () => {
  it('gives on each piece before the next one is there', async () => {
    let next: () => void = () => undefined;
    provider.answers(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunkOf({ content: 'first' }));
      await new Promise<void>((resolve) => (next = resolve));
      response.end(chunkOf({}, 'stop') + DONE);
    });
    const stream = await client.chat.completions.create({ ...ask('Hi'), stream: true });
    const texts: unknown[] = [];
    for await (const chunk of stream) {
      texts.push(chunk.choices[0]?.delta.content);
      next();
    }
    expect(texts).toEqual(['first', undefined]);
  });

  it('goes at the pace of a slow client', async () => {
    const piece = chunkOf({ content: 'x'.repeat(64_000) });
    let written = 0;
    provider.answers(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (; written < 1000; written++) {
        if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
      }
      response.end(DONE);
    });
    const response = await post(JSON.stringify({ ...ask('Hi'), stream: true }));
    const reader = response.body!.getReader();
    await reader.read();
    let before = -1;
    await expect
      .poll(() => [before, (before = written)][0], { interval: 300, timeout: 20_000 })
      .toSatisfy((earlier) => earlier === written && written > 0);
    expect(written).toBeLessThan(1000);
    await reader.cancel();
    await provider.last.cancelled;
  });

  it('leaves no listeners behind, however often it waits for a slow client', async () => {
    const pieces = Array.from({ length: 100 }, () => chunkOf({ content: 'x'.repeat(200_000) }));
    provider.answers(streams([...pieces, chunkOf({}, 'stop'), DONE]));
    const response = await post(JSON.stringify({ ...ask('Hi'), stream: true }));
    for await (const _ of response.body!) await new Promise((resolve) => setImmediate(resolve));
    expect(server.output()).not.toContain('MaxListenersExceededWarning');
  });

  it.each([false, true])(
    'has the headers of the provider, with the same bytes (stream: %s)',
    async (stream) => {
      const type = stream ? 'text/event-stream' : 'application/json';
      const body = stream ? chunkOf({ content: 'a' }, 'stop') + DONE : '{"choices":[]}';
      provider.answers((response) => {
        response.socket?.end(
          `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nx-file: café 日本.pdf\r\nconnection: close\r\n\r\n${body}`,
        );
      });
      const response = await post(JSON.stringify({ ...ask('Hi'), stream }));
      expect(Buffer.from(response.headers.get('x-file') ?? '', 'latin1').toString()).toBe('café 日本.pdf');
      expect(await response.text()).toBe(body);
    },
  );
});

describe('a client that goes away', () => {
  it('cancels the provider in the middle of a stream', async () => {
    provider.answers(streamsThenHangs([chunkOf({ content: 'a' })]));
    const stream = await client.chat.completions.create({ ...ask('Hi'), stream: true });
    for await (const _ of stream) break;
    await provider.last.cancelled;
  });

  it('cancels the provider before it has answered', async () => {
    provider.answers(hangs);
    const gone = new AbortController();
    const call = client.chat.completions.create(ask('Hi'), { signal: gone.signal });
    await expect.poll(() => provider.received.length).toBe(1);
    gone.abort();
    await expect(call).rejects.toThrow('aborted');
    await provider.last.cancelled;
    provider.answers(completes('still here'));
    expect((await client.chat.completions.create(ask('Hi'))).choices[0]?.message.content).toBe('still here');
  });
});
