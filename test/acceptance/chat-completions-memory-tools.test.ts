import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  chunkOf,
  completes,
  DONE,
  ScriptedProvider,
  streams,
  type Answer,
} from '../support/scripted-provider.js';
import { send } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const NAMES = ['memory_save', 'memory_search', 'memory_update', 'memory_delete', 'memory_list'];

let provider: ScriptedProvider;
let server: SpawnedServer;

beforeAll(async () => {
  provider = await new ScriptedProvider().start();
  server = await spawnServer({ OPENAI_TARGET_API_URL: provider.origin, HEADROOM_MEMORY_TOOLS: 'on' });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  provider.reset();
});

function clientOf(headers: Record<string, string>, url = server.url): OpenAI {
  const defaultHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [`x-headroom-${name}`, value]),
  );
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk', maxRetries: 0, defaultHeaders });
}

/** What the client gets to read, whole or streamed. */
async function say(client: OpenAI, stream: boolean, content = 'Go on.'): Promise<string | null> {
  const asked = { model: 'gpt-4o', messages: [{ role: 'user' as const, content }] };
  if (stream) return client.chat.completions.stream(asked).finalContent();
  return (await client.chat.completions.create(asked)).choices[0]?.message.content ?? null;
}

interface Call {
  readonly name: string;
  readonly given: object;
}

const calls = (...list: readonly Call[]): Answer =>
  completes({
    calls: list.map(({ name, given }, i) => ({ id: `call_${i}`, name, arguments: JSON.stringify(given) })),
  });

/** The model says what the results of its last calls were. */
const tells = completes(({ messages }) => {
  const asked = messages.findLastIndex(({ role }) => role === 'assistant');
  return `[${messages
    .slice(asked + 1)
    .map(({ content }) => content as string)
    .join()}]`;
});

interface Result {
  readonly status: string;
  readonly memory_id?: string;
  readonly current_id?: string;
  readonly memories?: readonly { readonly id: string; readonly content: string; readonly score?: number }[];
  readonly [field: string]: unknown;
}

/** A turn in which the model calls a memory tool. @returns what the tool gave the model. */
async function callTool(client: OpenAI, stream: boolean, name: string, given: object = {}): Promise<Result> {
  provider.answers(calls({ name, given }), tells);
  const [result] = JSON.parse((await say(client, stream)) ?? '[]') as [Result];
  return result;
}

const toolsOf = (received = provider.last): string[] =>
  (received.json().tools ?? []).map((tool) => tool.function.name);

describe.each([
  ['whole', false],
  ['streamed', true],
])('memory as the model works on it, in answers that come %s', (kind, stream) => {
  const user = `ada-${kind}`;
  const client = (session: string) => clientOf({ 'user-id': user, 'session-id': session });

  it('is saved in one conversation and found, changed and erased in others', async () => {
    const saved = await callTool(client('monday'), stream, 'memory_save', {
      content: 'Ada works at Initech',
      importance: 0.9,
      entities: ['Initech'],
    });
    expect(saved).toEqual({
      status: 'saved',
      memory_id: expect.stringMatching(/^mem_/) as string,
      content: 'Ada works at Initech',
    });

    const query = { query: 'where does Ada work', top_k: 5 };
    const found = await callTool(client('tuesday'), stream, 'memory_search', query);
    expect(found).toMatchObject({
      status: 'found',
      count: 1,
      memories: [{ id: saved.memory_id, content: 'Ada works at Initech' }],
    });

    const changed = { memory_id: saved.memory_id, new_content: 'Ada works at Globex', reason: 'new job' };
    const updated = await callTool(client('wednesday'), stream, 'memory_update', changed);
    expect(updated).toMatchObject({ status: 'updated', superseded: saved.memory_id });
    expect(await callTool(client('thursday'), stream, 'memory_update', changed)).toMatchObject({
      status: 'error',
      error: 'conflict',
      current_id: updated.memory_id,
    });
    expect(await callTool(client('friday'), stream, 'memory_list', { limit: 10 })).toMatchObject({
      status: 'listed',
      count: 1,
      memories: [{ id: updated.memory_id, content: 'Ada works at Globex' }],
      has_more: false,
    });

    const gone = { memory_id: updated.memory_id, reason: 'asked to forget' };
    expect(await callTool(client('saturday'), stream, 'memory_delete', gone)).toEqual({
      status: 'deleted',
      memory_id: updated.memory_id,
    });
    expect(await callTool(client('sunday'), stream, 'memory_search', query)).toMatchObject({ count: 0 });
  });

  it('brings along what is related, where the model asks for it', async () => {
    const scope = clientOf({ 'user-id': `${user}-related` });
    await callTool(scope, stream, 'memory_save', { content: 'Ada joined in May', entities: ['Globex'] });
    await callTool(scope, stream, 'memory_save', { content: 'Lunch is at noon', entities: ['Globex'] });
    const search = { query: 'joined', include_related: true };
    expect(await callTool(scope, stream, 'memory_search', search)).toMatchObject({
      memories: [
        { content: 'Ada joined in May' },
        { content: 'Lunch is at noon', score: 0, related_by: ['Globex'] },
      ],
    });
  });

  it('is one answer for the client, however often the model was called behind it', async () => {
    const several = [
      { name: 'memory_save', given: { content: 'Ada keeps bees' } },
      { name: 'memory_search', given: { query: 'bees' } },
    ];
    provider.answers(calls(...several), calls({ name: 'memory_list', given: {} }), completes('Noted.'));
    expect(await say(client('s'), stream)).toBe('Noted.');
    expect(provider.received).toHaveLength(3);
    const [first, second, third] = provider.received.map((received) => received.json().messages);
    expect(second?.slice(0, first?.length)).toEqual(first);
    expect(third?.slice(0, second?.length)).toEqual(second);
    const results = second?.slice(-2).map(({ content }) => JSON.parse(content as string) as Result);
    expect(results).toMatchObject([
      { status: 'saved' },
      { status: 'found', memories: [{ content: 'Ada keeps bees' }] },
    ]);
  });

  it('takes no more than three rounds, and the fourth call has none of our tools', async () => {
    provider.otherwise(calls({ name: 'memory_list', given: {} }));
    expect(await say(client('s'), stream)).toSatisfy((text) => text === null || text === '');
    expect(provider.received.map((received) => toolsOf(received))).toEqual([NAMES, NAMES, NAMES, []]);
  });

  it('goes on beside the blocks in which a model hands memories over', async () => {
    const bees = clientOf({ 'user-id': `${user}-both` });
    provider.answers(
      calls({ name: 'memory_save', given: { content: 'Lin keeps bees' } }),
      completes('Noted. <memory>{"memories":[{"content":"Lin sells honey"}]}</memory>'),
    );
    expect(await say(bees, stream)).toBe('Noted.');
    const list = await callTool(bees, stream, 'memory_list');
    expect(list.memories?.map(({ content }) => content)).toEqual(['Lin sells honey', 'Lin keeps bees']);
  });

  it('refuses a secret, and neither the model nor the store sees it again', async () => {
    const secret = `sk-proj-${'aB3dE6gH9k'.repeat(4)}`;
    const scope = clientOf({ 'user-id': `${user}-secret` });
    const refused = await callTool(scope, stream, 'memory_save', { content: `The key is ${secret}` });
    expect(refused).toMatchObject({ status: 'error', error: 'secret_refused', kind: 'OpenAI API key' });
    expect(JSON.stringify(refused)).not.toContain(secret);
    expect(await callTool(scope, stream, 'memory_list')).toMatchObject({ count: 0 });
  });
});

describe('the memory of others', () => {
  const make = async (scope: object): Promise<string> => {
    const json = { content: 'a quagga, between us', ...scope };
    return (await send(`${server.url}/v1/memories`, { json })).body['id'] as string;
  };
  const own = { 'user-id': 'kim', 'session-id': 'one', 'agent-id': 'coder' };

  it.each([
    ['another user', { user_id: 'kim/2' }],
    ['another session', { user_id: 'kim', session_id: 'two' }],
    ['another agent', { user_id: 'kim', session_id: 'one', agent_id: 'tester' }],
  ])('is out of a model’s reach, also by its id: of %s', async (_, scope) => {
    const id = await make(scope);
    const client = clientOf(own);
    for (const stream of [false, true]) {
      const change = { memory_id: id, new_content: 'taken' };
      for (const name of ['memory_update', 'memory_delete']) {
        expect(await callTool(client, stream, name, change)).toMatchObject({ error: 'not_found' });
      }
      expect(await callTool(client, stream, 'memory_search', { query: 'quagga' })).toMatchObject({
        count: 0,
      });
      expect(await callTool(client, stream, 'memory_list')).toMatchObject({ count: 0 });
    }
    const { body } = await send(`${server.url}/v1/memories/${id}`);
    expect(body).toMatchObject({ content: 'a quagga, between us', version: 1, access_count: 0 });
  });

  it('is seen from below: an agent’s model finds what its session and its user know', async () => {
    const scopes = [
      { user_id: 'lee' },
      { user_id: 'lee', session_id: 'one' },
      { user_id: 'lee', session_id: 'one', agent_id: 'coder' },
    ];
    const ids = [];
    for (const scope of scopes) ids.push(await make(scope));
    const found = await callTool(clientOf({ ...own, 'user-id': 'lee' }), false, 'memory_list');
    expect(found.memories?.map(({ id }) => id)).toEqual(ids.reverse());
  });
});

describe('the memory tools of a request', () => {
  const user = { 'user-id': 'mo' };

  it('are those of the header or else of the configuration, and the header stays here', async () => {
    const plain = await spawnServer({ OPENAI_TARGET_API_URL: provider.origin });
    for (const [url, headers, expected] of [
      [server.url, user, NAMES],
      [server.url, { ...user, 'memory-tools': 'off' }, []],
      [server.url, {}, []],
      [server.url, { 'memory-tools': 'on' }, []],
      [server.url, { ...user, bypass: 'true' }, []],
      [server.url, { ...user, mode: 'audit' }, []],
      [plain.url, user, []],
      [plain.url, { ...user, 'memory-tools': 'On' }, NAMES],
    ] as const) {
      await say(clientOf(headers, url), false);
      expect(toolsOf(), JSON.stringify(headers)).toEqual(expected);
      expect(Object.keys(provider.last.headers).filter((name) => name.startsWith('x-headroom'))).toEqual([]);
    }
    await plain.stop();
  });

  it.each([false, true])('leave the client its own, of whatever name (stream: %s)', async (stream) => {
    const tools = ['book', 'memory_save'].map((name) => ({
      type: 'function' as const,
      function: { name, parameters: { type: 'object' } },
    }));
    const asked = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Go on.' }], tools };
    const client = clientOf(user);
    const called = async () =>
      stream
        ? (await client.chat.completions.stream(asked).finalMessage()).tool_calls
        : (await client.chat.completions.create(asked)).choices[0]?.message.tool_calls;

    provider.answers(calls({ name: 'memory_save', given: { content: 'theirs' } }));
    expect(await called()).toMatchObject([
      { function: { name: 'memory_save', arguments: '{"content":"theirs"}' } },
    ]);
    expect(toolsOf()).toEqual(['book', 'memory_save', ...NAMES.slice(1)]);

    provider.answers(calls({ name: 'memory_list', given: {} }, { name: 'book', given: { seat: 1 } }));
    expect(await called()).toMatchObject([{ id: 'call_1', function: { name: 'book' } }]);
  });

  it('go through a stream whose calls are cut anywhere, and the client gets no byte of them', async () => {
    const named = (name: string) => chunkOf({ tool_calls: [{ index: 0, id: 'c', function: { name } }] });
    const given = (text: string) => chunkOf({ tool_calls: [{ index: 0, function: { arguments: text } }] });
    const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };
    const ending = [chunkOf({}, null, { choices: [], usage }), DONE];
    provider.answers(
      streams([
        chunkOf({ role: 'assistant', content: 'Let me see. ' }),
        named('memory'),
        named('_save'),
        given('{"content":"Mo'),
        given(' sails"}'),
        chunkOf({}, 'tool_calls'),
        ...ending,
      ]),
      streams([chunkOf({ content: 'Done.' }), chunkOf({}, 'stop'), ...ending]),
    );
    const body = JSON.stringify({
      model: 'gpt-4o',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-headroom-user-id': 'mo' },
      body,
    });
    const text = await response.text();
    const shown = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece);
    expect(shown.join('')).toBe('Let me see. Done.');
    expect(text).toContain('"total_tokens":18');
    expect(text).not.toMatch(/memory|tool_calls|sails/);
    expect(provider.last.json().messages.at(-1)?.content).toContain('"content":"Mo sails"');
  });

  it('have the same bytes in every request', async () => {
    const bytes = new Set<string>();
    for (let i = 0; i < 3; i++) {
      await say(clientOf(user), false, `Question ${i}`);
      bytes.add(provider.last.body.toString().replace(/^[^]*"tools":/, ''));
    }
    expect(bytes.size).toBe(1);
  });
});

describe('what models do with memory', () => {
  it('is counted in /stats, with the blocks that were not what was asked for', async () => {
    const counted = await spawnServer({
      OPENAI_TARGET_API_URL: provider.origin,
      HEADROOM_MEMORY_TOOLS: 'on',
    });
    const client = clientOf({ 'user-id': 'pat' }, counted.url);
    await callTool(client, false, 'memory_save', { content: 'Pat runs' });
    await callTool(client, true, 'memory_delete', { memory_id: 'mem_none' });
    provider.answers(completes('Hm. <memory>no json</memory>'), completes('So. <memory>{"memories":['));
    expect([await say(client, false), await say(client, true)]).toEqual(['Hm.', 'So.']);
    await expect
      .poll(async () => (await send(`${counted.url}/stats`)).body['memory'])
      .toEqual({
        malformed_blocks: 2,
        tool_calls: {
          memory_save: 1,
          memory_search: 0,
          memory_update: 0,
          memory_delete: 1,
          memory_list: 0,
        },
        tool_errors: 1,
      });
    await counted.stop();
  });
});
