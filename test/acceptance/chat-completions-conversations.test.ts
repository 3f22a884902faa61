import { createHash } from 'node:crypto';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  completes,
  ScriptedProvider,
  type ReceivedMessage,
  type ReceivedPrompt,
} from '../support/scripted-provider.js';
import { sharedLines } from '../support/shared-data.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

interface Conversation {
  readonly id: string;
  readonly messages: readonly OpenAI.ChatCompletionMessageParam[];
}

const MARKER = /hash=([a-f0-9]{24})|with reference '([a-f0-9]{24})'/;

let provider: ScriptedProvider;
let server: SpawnedServer;
let client: OpenAI;

beforeAll(async () => {
  provider = await new ScriptedProvider().start();
  server = await spawnServer({ OPENAI_TARGET_API_URL: provider.origin });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk', maxRetries: 0 });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  provider.reset();
});

const rows = Array.from({ length: 400 }, (_, i) => ({
  id: i,
  host: `web-${i % 7}.example.org`,
  status: i === 237 ? 'error' : 'ok',
  note: `request ${i} took ${(i * 37) % 911} ms`,
}));
const bigResult = JSON.stringify(rows);
const lookedUp: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'user', content: 'Check the hosts' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'list_hosts', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'call_1', content: bigResult },
  { role: 'user', content: 'Which one has an error?' },
];

function textOf(message: ReceivedMessage | undefined): string {
  return typeof message?.content === 'string' ? message.content : JSON.stringify(message?.content ?? '');
}

async function retrieve(hash: string): Promise<unknown> {
  const response = await fetch(`${server.url}/v1/retrieve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ hash }),
  });
  return ((await response.json()) as { original_content?: unknown }).original_content;
}

/** A model that asks for the original behind the first marker it sees, and then answers. */
const curious = completes((prompt: ReceivedPrompt) => {
  const hash = prompt.messages
    .map((message) => MARKER.exec(textOf(message))?.[1])
    .find((found) => found !== undefined);
  const last = prompt.messages.at(-1);
  if (last?.role !== 'tool' || last.tool_call_id !== 'call_ours') {
    return { calls: [{ id: 'call_ours', name: 'headroom_retrieve', arguments: JSON.stringify({ hash }) }] };
  }
  return textOf(last).includes('request 237 took') ? 'It is row 237.' : 'I do not know.';
});

describe('a large tool result', () => {
  it.each([false, true])(
    'reaches the model small, and whole when it asks for it (stream: %s)',
    async (stream) => {
      provider.otherwise(curious);
      const prompt = { model: 'gpt-4o', messages: lookedUp };
      const said = stream
        ? await client.chat.completions.stream(prompt).finalMessage()
        : (await client.chat.completions.create(prompt)).choices[0]?.message;
      expect(said?.content).toBe('It is row 237.');
      expect(said?.tool_calls ?? []).toEqual([]);
      expect(provider.received).toHaveLength(2);
      const [first, second] = provider.received.map((request) => request.json());
      expect(textOf(first?.messages[2]).length).toBeLessThan(bigResult.length / 2);
      expect(first?.tools?.map((tool) => tool.function.name)).toEqual(['headroom_retrieve']);
      expect(JSON.parse(textOf(second?.messages.at(-1)))).toMatchObject({ original_content: bigResult });
    },
  );

  it('says in headers what was saved', async () => {
    const { response } = await client.chat.completions
      .create({ model: 'gpt-4o', messages: lookedUp })
      .withResponse();
    const number = (name: string): number => Number(response.headers.get(`x-headroom-${name}`));
    expect(number('tokens-saved')).toBe(number('tokens-before') - number('tokens-after'));
    expect(number('tokens-saved')).toBeGreaterThan(1000);
    expect(response.headers.get('x-headroom-compressed')).toBe('true');
    expect(response.headers.get('x-headroom-model')).toBe('gpt-4o');
    expect(response.headers.get('x-headroom-transforms')).not.toBe('');
  });

  it('reaches the provider as the same bytes, however often it is sent', async () => {
    await client.chat.completions.create({ model: 'gpt-4o', messages: lookedUp });
    await client.chat.completions.create({ model: 'gpt-4o', messages: lookedUp });
    const [first, second] = provider.received.map(({ body }) => body.toString());
    expect(second).toBe(first);
  });

  it('gives up asking after three rounds', async () => {
    provider.otherwise(
      completes(() => ({
        content: 'hm',
        calls: [{ id: 'c', name: 'headroom_retrieve', arguments: '{"hash":"?"}' }],
      })),
    );
    const completion = await client.chat.completions.create({ model: 'gpt-4o', messages: lookedUp });
    expect(completion.choices[0]).toMatchObject({ message: { content: 'hm' }, finish_reason: 'stop' });
    expect(provider.received.map((request) => request.json().tools?.length ?? 0)).toEqual([1, 1, 1, 0]);
  });
});

const recorded = [
  { file: 'conversations/tau-bench-airline.jsonl', count: 15 },
  { file: 'conversations/pi-session.jsonl', count: 1 },
];

describe.each(recorded)('recorded conversations of $file', ({ file, count }) => {
  const all = sharedLines(file) as readonly Conversation[] | undefined;
  const conversations = all?.slice(0, count);

  it.skipIf(conversations === undefined)('arrive in valid shape, and nothing of them is lost', async () => {
    let [before, after] = [0, 0];
    for (const { messages } of conversations ?? []) {
      const { response } = await client.chat.completions
        .create({ model: 'gpt-4o', messages: [...messages] })
        .withResponse();
      expect(response.headers.get('x-headroom-compression-failed')).toBeNull();
      before += Number(response.headers.get('x-headroom-tokens-before'));
      after += Number(response.headers.get('x-headroom-tokens-after'));
      const sent = provider.last.json().messages;
      expectPairs(sent, messages as readonly ReceivedMessage[]);
      await expectNothingLost(messages as readonly ReceivedMessage[], sent);
    }
    console.info(`${file}: ${before} tokens became ${after}`);
    expect(after).toBeLessThan(before);
  });
});

/** Every result follows its call; a call lacks its result only where the recording lacks it too. */
function expectPairs(sent: readonly ReceivedMessage[], recorded: readonly ReceivedMessage[]): void {
  const unanswered = (messages: readonly ReceivedMessage[]): number => {
    const open = new Map<string, number>();
    let missing = 0;
    for (const { tool_calls: calls = [], tool_call_id: answered } of messages) {
      for (const { id } of calls) open.set(id, (open.get(id) ?? 0) + 1);
      if (answered === undefined) continue;
      expect(open.get(answered), `a call before the result of ${answered}`).toBeGreaterThan(0);
      open.set(answered, (open.get(answered) ?? 0) - 1);
    }
    for (const count of open.values()) missing += count;
    return missing;
  };
  expect(unanswered(sent)).toBeLessThanOrEqual(unanswered(recorded));
}

/** What the provider did not get as it was is stored, byte for byte, under the hash of its content. */
async function expectNothingLost(
  recorded: readonly ReceivedMessage[],
  sent: readonly ReceivedMessage[],
): Promise<void> {
  const received = new Set(sent.map(textOf));
  const dropped = await droppedMessages(sent);
  for (const message of recorded) {
    const content = message.content;
    if (typeof content !== 'string' || received.has(content) || dropped.has(JSON.stringify(message)))
      continue;
    const hash = createHash('sha256').update(content, 'utf8').digest('hex').slice(0, 24);
    expect(await retrieve(hash)).toBe(content);
  }
}

/** The messages that the marker of dropped messages stands for, as JSON. */
async function droppedMessages(sent: readonly ReceivedMessage[]): Promise<ReadonlySet<string>> {
  for (const message of sent) {
    const hash = MARKER.exec(textOf(message))?.[2];
    if (message.role !== 'user' || hash === undefined) continue;
    const original = await retrieve(hash);
    expect(typeof original).toBe('string');
    return new Set((JSON.parse(original as string) as unknown[]).map((one) => JSON.stringify(one)));
  }
  return new Set();
}
