import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPostgresDatabase } from '../support/postgres.js';
import {
  completes,
  ScriptedProvider,
  type Answer,
  type ReceivedMessage,
} from '../support/scripted-provider.js';
import { send } from '../support/send.js';
import { addressOf } from '../support/services.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

let provider: ScriptedProvider;
let server: SpawnedServer;
let folder: string;
const settings = () => ({
  OPENAI_TARGET_API_URL: provider.origin,
  HEADROOM_MEMORY_TOOLS: 'on',
  HEADROOM_DATA_DIR: folder,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-mixed-'));
  provider = await new ScriptedProvider().start();
  server = await spawnServer(settings());
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  provider.reset();
});

type Messages = OpenAI.ChatCompletionMessageParam[];

function clientOf(user: string, url = server.url): OpenAI {
  return new OpenAI({
    baseURL: `${url}/v1`,
    apiKey: 'sk',
    maxRetries: 0,
    defaultHeaders: { 'x-headroom-user-id': user },
  });
}

const BOOK = { type: 'function' as const, function: { name: 'book', parameters: { type: 'object' } } };

/** One request of an agent that has a tool of its own. @returns the message it adds to its history. */
async function ask(
  client: OpenAI,
  stream: boolean,
  messages: Messages,
): Promise<OpenAI.ChatCompletionMessage> {
  const asked = { model: 'gpt-4o', messages, tools: [BOOK] };
  if (stream) return client.chat.completions.stream(asked).finalMessage();
  const { choices } = await client.chat.completions.create(asked);
  return choices[0]?.message ?? { role: 'assistant', content: null, refusal: null };
}

const asked: Messages = [{ role: 'user', content: 'Book it, and mind that I like windows.' }];
const save = (content: string, id = 'call_own') => ({
  id,
  name: 'memory_save',
  arguments: JSON.stringify({ content }),
});
const book = { id: 'call_book', name: 'book', arguments: '{"seat":1}' };
const calls = (...list: readonly { id: string; name: string; arguments: string }[]): Answer =>
  completes({ calls: list });

/** The client's history with the answer that it got and the result of its own call. */
const answered = (message: OpenAI.ChatCompletionMessage): Messages => [
  ...asked,
  { role: message.role, content: message.content, tool_calls: message.tool_calls ?? [] },
  { role: 'tool', tool_call_id: book.id, content: 'booked' },
];

/** Every call that a provider is given has its result before anybody speaks again, as providers demand. */
function expectPaired(messages: readonly ReceivedMessage[]): void {
  messages.forEach(({ tool_calls: made = [] }, i) => {
    const end = messages.findIndex(({ role }, j) => j > i && role !== 'tool');
    const results = messages.slice(i + 1, end === -1 ? undefined : end);
    if (made.length === 0) return;
    expect(results.map(({ tool_call_id: id }) => id)).toEqual(made.map(({ id }) => id));
  });
}

const memoriesOf = async (user: string, url = server.url): Promise<string[]> => {
  const { body } = await send(`${url}/v1/memories?user_id=${user}`);
  return (body['data'] as { content: string }[]).map(({ content }) => content);
};
const namesIn = (messages: readonly ReceivedMessage[]) =>
  messages.flatMap(({ tool_calls: made = [] }) => made.map((call) => call.function.name));

describe.each([
  ['whole', false],
  ['streamed', true],
])('a memory tool beside a tool of the client’s, in answers that come %s', (kind, stream) => {
  it('is carried out once; the agent works its own call, and the model learns of both', async () => {
    const user = `ada-${kind}`;
    provider.answers(calls(save('Ada likes windows'), book), completes('Booked and noted.'));
    const seats: unknown[] = [];
    const work = {
      type: 'function' as const,
      function: {
        name: 'book',
        description: 'Books a seat.',
        parameters: { type: 'object' as const },
        function: (given: string) => {
          seats.push(JSON.parse(given));
          return 'booked';
        },
      },
    };
    const given = { model: 'gpt-4o', messages: asked, tools: [work] };
    const { completions } = clientOf(user).chat;
    const runner = stream ? completions.runTools({ ...given, stream: true }) : completions.runTools(given);
    expect(await runner.finalContent()).toBe('Booked and noted.');
    expect(seats).toEqual([{ seat: 1 }]);
    expect(runner.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
    expect(JSON.stringify(runner.messages)).not.toContain('memory_save');

    const { messages } = provider.last.json();
    expectPaired(messages);
    expect(namesIn(messages)).toEqual(['memory_save', 'book']);
    expect(messages.at(-2)?.content).toMatch(/^\{"status":"saved","memory_id":"mem_/);
    expect(messages.at(-1)?.content).toBe('booked');
    expect(await memoriesOf(user)).toEqual(['Ada likes windows']);
  });

  it('stays in the history with the same bytes, request after request and after a restart', async () => {
    const client = () => clientOf(`lin-${kind}`, server.url);
    provider.answers(calls(book, save('Lin likes aisles')));
    const history = answered(await ask(client(), stream, asked));
    const pasts = new Set<string | undefined>();
    const goOn = async (): Promise<void> => {
      await ask(client(), stream, [...history]);
      pasts.add(/\{"role":"assistant".*?"content":"booked"\}/s.exec(provider.last.body.toString())?.[0]);
      history.push({ role: 'assistant', content: 'ok' }, { role: 'user', content: 'Again.' });
    };
    await goOn();
    await goOn();
    await server.stop();
    server = await spawnServer(settings());
    await goOn();
    expect(pasts.size).toBe(1);
    expect([...pasts][0]).toContain('memory_save');
    expectPaired(provider.last.json().messages);
    expect(await memoriesOf(`lin-${kind}`)).toEqual(['Lin likes aisles']);
  });

  it('is carried out once, when an agent sends its request again', async () => {
    const user = `sam-${kind}`;
    provider.otherwise(calls(save('Sam likes both'), book));
    const [first] = [await ask(clientOf(user), stream, asked), await ask(clientOf(user), stream, asked)];
    provider.otherwise(completes('ok'));
    await ask(clientOf(user), stream, answered(first));
    expect(namesIn(provider.last.json().messages)).toEqual(['memory_save', 'book']);
    expect(await memoriesOf(user)).toEqual(['Sam likes both']);
  });

  it('tells the model what it found in the same turn, before it called the agent’s tool', async () => {
    const client = clientOf(`kim-${kind}`);
    const search = { id: 'call_search', name: 'memory_search', arguments: '{"query":"seat"}' };
    provider.answers(calls(save('Kim likes any seat')), calls(search), calls(book));
    const message = await ask(client, stream, asked);
    const before = provider.last.json().messages;
    await ask(client, stream, answered(message));
    const { messages } = provider.last.json();
    expectPaired(messages);
    expect(namesIn(messages)).toEqual(['memory_save', 'memory_search', 'book']);
    // After the user's words, before which more may be recalled by now.
    const since = (list: readonly ReceivedMessage[]) =>
      list.slice(list.findIndex(({ role }) => role === 'user') + 1);
    expect(since(messages).slice(0, since(before).length)).toEqual(since(before));
  });

  it('shows nobody else what it gave, and nothing of a memory that was erased since', async () => {
    const user = `mo-${kind}`;
    provider.answers(calls(save('Mo likes quaggas'), book));
    const history = answered(await ask(clientOf(user), stream, asked));
    await ask(clientOf(`${user}-not`), stream, history);
    expect(namesIn(provider.last.json().messages)).toEqual(['book']);
    await ask(clientOf(user), stream, history);
    expect(namesIn(provider.last.json().messages)).toEqual(['memory_save', 'book']);
    const { body } = await send(`${server.url}/v1/memories?user_id=${user}`);
    const [memory] = body['data'] as [{ id: string }];
    await send(`${server.url}/v1/memories/${memory.id}`, { method: 'DELETE' });
    await ask(clientOf(user), stream, history);
    expect(namesIn(provider.last.json().messages)).toEqual(['book']);
    expect(provider.last.body.toString()).not.toContain('quaggas');
  });

  it('goes with its user, and no file keeps a byte of it', async () => {
    const user = `pat-${kind}`;
    const needle = `Pat likes xylotheques ${kind}`;
    provider.answers(calls(save(needle), book));
    const history = answered(await ask(clientOf(user), stream, asked));
    const files = () =>
      readdirSync(folder).filter(
        (name) => /\.db|sqlite/.test(name) && readFileSync(join(folder, name)).includes(needle),
      );
    expect(files()).not.toEqual([]);
    await send(`${server.url}/v1/users/${user}`, { method: 'DELETE' });
    expect(files()).toEqual([]);
    await ask(clientOf(user), stream, history);
    expect(namesIn(provider.last.json().messages)).toEqual(['book']);
  });
});

describe('a long result of a memory tool', () => {
  it('stays whole in the history, and no copy of it outlives the memory', async () => {
    const client = clientOf('eve');
    const content = (i: number): string => `Eve met quokka number ${i} on island ${i * 7} and gave it a fig`;
    const memories = Array.from({ length: 60 }, (_, i) => ({ content: content(i), user_id: 'eve' }));
    await send(`${server.url}/v1/memories/batch`, { json: { memories } });
    provider.answers(calls({ id: 'call_list', name: 'memory_list', arguments: '{"limit":60}' }, book));
    const history = answered(await ask(client, false, asked));
    await ask(client, false, [...history, { role: 'assistant', content: 'ok' }, ...asked]);
    const told = provider.last.json().messages.find(({ tool_call_id: id }) => id === 'call_list');
    const listed = JSON.parse(told?.content as string) as { memories: { id: string }[] };
    expect(listed.memories).toHaveLength(60);
    for (const { id } of listed.memories) await send(`${server.url}/v1/memories/${id}`, { method: 'DELETE' });
    const files = readdirSync(folder).filter((name) =>
      readFileSync(join(folder, name)).includes('quokka number'),
    );
    expect(files).toEqual([]);
  });
});

describe('a secret that a model would save beside a call of the client’s', () => {
  it('is refused, and kept nowhere', async () => {
    const secret = `sk-proj-${'aB3dE6gH9k'.repeat(4)}`;
    provider.answers(calls(save(`The key is ${secret}`), book));
    const client = clientOf('sue');
    await ask(client, false, answered(await ask(client, false, asked)));
    const { messages } = provider.last.json();
    expect(messages.at(-2)?.content).toContain('secret_refused');
    expect(provider.last.body.toString()).not.toContain(secret);
    const files = readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(secret));
    expect(files).toEqual([]);
  });
});

describe.skipIf(addressOf('PostgreSQL') === undefined)('two servers on one database', () => {
  it('know of each other’s answered calls', async () => {
    const database = await createPostgresDatabase();
    const shared = { ...settings(), HEADROOM_STORE_URL: database.url };
    const servers = await Promise.all(
      ['a', 'b'].map((name) => spawnServer({ ...shared, HEADROOM_DATA_DIR: join(folder, name) })),
    );
    const [one = server, other = server] = servers;
    provider.answers(calls(save('Ada likes windows'), book));
    const message = await ask(clientOf('ada', one.url), true, asked);
    await ask(clientOf('ada', other.url), false, answered(message));
    const { messages } = provider.last.json();
    expectPaired(messages);
    expect(namesIn(messages)).toEqual(['memory_save', 'book']);
    await Promise.all(servers.map((each) => each.stop()));
    await database.drop();
  });
});
