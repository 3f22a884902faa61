import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chunkOf, DONE, ScriptedProvider, sendsJson, streams } from '../support/scripted-provider.js';
import { send } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

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

const rows = JSON.stringify(
  Array.from({ length: 300 }, (_, id) => ({ id, host: `web-${id}`, status: 'ok' })),
);
const BOOK = { type: 'function' as const, function: { name: 'book', parameters: { type: 'object' } } };
const book: Call = { id: 'call_book', name: 'book', arguments: '{"seat":1}' };
const save: Call = { id: 'call_save', name: 'memory_save', arguments: '{"content":"Likes windows"}' };
const asked: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'user', content: 'Which host?' },
  {
    role: 'assistant',
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'hosts', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c', content: rows },
];

const written = ({ id, name, arguments: text }: Call) => ({
  id,
  type: 'function' as const,
  function: { name, arguments: text },
});

/** Several answers, each a text and calls. */
const answersOf = (choices: readonly { readonly content: string; readonly calls: readonly Call[] }[]) =>
  sendsJson(200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o',
    choices: choices.map(({ content, calls }, index) => ({
      index,
      message: { role: 'assistant', content, ...(calls.length > 0 && { tool_calls: calls.map(written) }) },
      logprobs: null,
      finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
    })),
  });

/** The same as a stream, the answers by turns. */
const streamOf = (choices: readonly { readonly content: string; readonly calls: readonly Call[] }[]) => {
  const all = choices.map(({ content, calls }) => [
    { delta: { role: 'assistant', content }, finish: null },
    ...calls.map((call, index) => ({ delta: { tool_calls: [{ index, ...written(call) }] }, finish: null })),
    { delta: {}, finish: calls.length > 0 ? 'tool_calls' : 'stop' },
  ]);
  const rounds = Math.max(...all.map((pieces) => pieces.length));
  const events = Array.from({ length: rounds }, (_, round) =>
    all.flatMap((pieces, index) => {
      const piece = pieces[round];
      if (piece === undefined) return [];
      const choice = { index, delta: piece.delta, logprobs: null, finish_reason: piece.finish };
      return [chunkOf({}, null, { choices: [choice] })];
    }),
  );
  return streams([...events.flat(), DONE]);
};

async function ask(
  user: string,
  stream: boolean,
  n: number | undefined,
): Promise<OpenAI.ChatCompletion.Choice[]> {
  const client = new OpenAI({
    baseURL: `${server.url}/v1`,
    apiKey: 'sk',
    maxRetries: 0,
    defaultHeaders: { 'x-headroom-user-id': user },
  });
  const body = { model: 'gpt-4o', messages: asked, tools: [BOOK], ...(n !== undefined && { n }) };
  if (stream) return (await client.chat.completions.stream(body).finalChatCompletion()).choices;
  return (await client.chat.completions.create(body)).choices;
}

/** Of each choice what it says, the ids of its calls, and why it ended. */
const told = (choices: readonly OpenAI.ChatCompletion.Choice[]) =>
  choices.map(({ message, finish_reason }) => [
    message.content,
    message.tool_calls?.map(({ id }) => id) ?? [],
    finish_reason,
  ]);

const offered = (): readonly string[] => (provider.last.json().tools ?? []).map((tool) => tool.function.name);

describe.each([false, true])('several answers at once, streamed: %s', (stream) => {
  const script = stream ? streamOf : answersOf;

  it('come back each as the model gave it, with the calls of the client’s tools', async () => {
    provider.answers(
      script([
        { content: 'one', calls: [book] },
        { content: 'two', calls: [] },
        { content: 'three', calls: [{ ...book, id: 'call_other' }] },
      ]),
    );
    const choices = await ask('ann', stream, 3);
    expect(told(choices)).toEqual([
      ['one', ['call_book'], 'tool_calls'],
      ['two', [], 'stop'],
      ['three', ['call_other'], 'tool_calls'],
    ]);
  });

  it('are asked for without our tools, which one answer is offered', async () => {
    provider.answers(script([{ content: 'one', calls: [] }]), script([{ content: 'one', calls: [] }]));
    await ask('ann', stream, undefined);
    expect(offered()).toContain('memory_save');
    expect(offered()).toContain('headroom_retrieve');
    await ask('ann', stream, 1);
    expect(offered()).toContain('memory_save');
    provider.answers(
      script([
        { content: 'one', calls: [] },
        { content: 'two', calls: [] },
      ]),
    );
    await ask('ann', stream, 2);
    expect(offered()).toEqual(['book']);
  });

  it('leave nothing behind that one of them alone wanted', async () => {
    const user = `bo-${stream}`;
    provider.answers(
      script([
        { content: 'one', calls: [save, book] },
        { content: 'two', calls: [save] },
      ]),
    );
    const choices = await ask(user, stream, 2);
    expect(told(choices)).toEqual([
      ['one', ['call_book'], 'tool_calls'],
      ['two', [], 'stop'],
    ]);
    const { body } = await send(`${server.url}/v1/memories?user_id=${user}`);
    expect(body['data']).toEqual([]);
  });
});
