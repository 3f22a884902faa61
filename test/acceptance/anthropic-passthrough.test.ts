import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedProvider, sendsJson, streams, streamsThenHangs } from '../support/scripted-provider.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const KEY = 'hr_bootstrap-of-the-house';
let openai: ScriptedProvider;
let provider: ScriptedProvider;
let server: SpawnedServer;
let client: Anthropic;

beforeAll(async () => {
  [openai, provider] = await Promise.all([new ScriptedProvider().start(), new ScriptedProvider().start()]);
  server = await spawnServer({
    OPENAI_TARGET_API_URL: openai.origin,
    ANTHROPIC_TARGET_API_URL: provider.origin,
    HEADROOM_API_KEY: KEY,
  });
  client = clientWith({ 'x-headroom-api-key': KEY });
});
afterAll(async () => {
  await server.stop();
  await Promise.all([openai.stop(), provider.stop()]);
});
beforeEach(() => {
  provider.reset();
  openai.reset();
});

const clientWith = (defaultHeaders: Record<string, string>): Anthropic =>
  new Anthropic({ baseURL: server.url, apiKey: 'sk-ant', maxRetries: 0, defaultHeaders });
const asked = { model: 'claude', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Hi' }] };
const event = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

describe('the Anthropic client on our address', () => {
  it('gets a stream with its thinking and signature, and the provider its body and headers', async () => {
    const message = { id: 'm', type: 'message', role: 'assistant', content: [], model: 'claude' };
    provider.answers(
      streams([
        event('message_start', { message: { ...message, usage: { input_tokens: 1, output_tokens: 1 } } }),
        event('content_block_start', {
          index: 0,
          content_block: { type: 'thinking', thinking: '', signature: '' },
        }),
        event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'hé' } }),
        event('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'S==' } }),
        event('content_block_stop', { index: 0 }),
        event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
        event('message_stop', {}),
      ]),
    );
    const system = [{ type: 'text' as const, text: 's', cache_control: { type: 'ephemeral' as const } }];
    const headers = { 'anthropic-beta': 'a-1,b-2', 'x-headroom-user-id': 'ada' };
    const stream = client.messages.stream({ ...asked, system }, { headers });
    expect((await stream.finalMessage()).content).toEqual([
      { type: 'thinking', thinking: 'hé', signature: 'S==' },
    ]);
    expect(JSON.parse(provider.last.body.toString())).toEqual({ ...asked, system, stream: true });
    expect(provider.last.headers).toMatchObject({ 'anthropic-beta': 'a-1,b-2' });
    expect(JSON.stringify(provider.last.headers)).not.toMatch(/x-headroom|hr_/);
  });

  it('cancels the provider when it goes away', async () => {
    provider.answers(streamsThenHangs([event('ping', {})]));
    const gone = new AbortController();
    const response = await client.messages
      .create({ ...asked, stream: true }, { signal: gone.signal })
      .asResponse();
    await response.body!.getReader().read();
    gone.abort();
    await provider.last.cancelled;
  });
});

describe('errors on Anthropic’s route', () => {
  it('of the provider pass through', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'busy' } };
    provider.answers(sendsJson(529, error, { 'request-id': 'req-up', 'retry-after': '3' }));
    const thrown = await client.messages.create(asked).catch((cause: unknown) => cause);
    expect(thrown).toMatchObject({ status: 529, error, requestID: 'req-up' });
  });

  it('of our own are in Anthropic’s shape', async () => {
    const unknown = await clientWith({})
      .messages.create(asked)
      .catch((cause: unknown) => cause);
    expect(unknown).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(unknown).toMatchObject({ error: { type: 'error', error: { type: 'authentication_error' } } });
    const lost = clientWith({ 'x-headroom-api-key': KEY, 'x-headroom-base-url': 'http://127.0.0.1:9' });
    expect(await lost.messages.create(asked).catch((cause: unknown) => cause)).toMatchObject({
      status: 502,
      error: {
        type: 'error',
        error: { type: 'api_error', message: expect.stringMatching(/base URL/) as string },
      },
    });
  });
});

it.each(['/v1/messages', '/v1/messages/count_tokens?beta=true'])(
  'sends %s to Anthropic, also for a client that names no version',
  async (path) => {
    provider.answers(sendsJson(200, {}));
    const headers = { 'x-headroom-api-key': KEY, 'x-api-key': 'sk-ant', 'content-type': 'application/json' };
    await fetch(`${server.url}${path}`, { method: 'POST', headers, body: '{}' });
    expect(provider.received.map(({ url }) => url)).toEqual([path]);
    expect(openai.received).toEqual([]);
  },
);
