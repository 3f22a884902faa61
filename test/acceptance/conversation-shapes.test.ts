import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedProvider, sendsJson } from '../support/scripted-provider.js';
import { send } from '../support/send.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

let provider: ScriptedProvider;
let server: SpawnedServer;
beforeAll(async () => {
  provider = await new ScriptedProvider().start();
  server = await spawnServer();
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});

/** Stores messages as a client's JSON writes them. @returns them as they are read, and as a context gives them. */
async function stored(messages: readonly object[]) {
  const made = await send(`${server.url}/v1/conversations`, { json: { user_id: 'ann' } });
  const path = `${server.url}/v1/conversations/${String(made.body['id'])}`;
  const appended = await send(`${path}/messages`, { json: { messages } });
  expect(appended.status, appended.text).toBe(201);
  expect(appended.body['tokens']).toBeGreaterThan(0);
  const read = await send(`${path}/messages`);
  const context = await send(`${path}/context`, { json: {} });
  return { read: read.text, context: context.text };
}

async function expectExact(messages: readonly object[]): Promise<void> {
  const { read, context } = await stored(messages);
  for (const message of messages) expect(read).toContain(`"message":${JSON.stringify(message)},"tokens":`);
  expect(context).toContain(`"messages":[${messages.map((message) => JSON.stringify(message)).join(',')}]`);
}

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('messages of the OpenAI client', () => {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }], name: 'ops' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}`, detail: 'low' } },
        { type: 'input_audio', input_audio: { data: 'UklGRiQAAABXQVZF', format: 'wav' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at": 1.0}' } },
        { id: 'call_2', type: 'custom', custom: { name: 'grep', input: 'needle' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'a pixel' }] },
    { role: 'tool', tool_call_id: 'call_2', content: 'nothing' },
    { role: 'assistant', content: [{ type: 'refusal', refusal: 'I cannot tell.' }] },
    { role: 'assistant', audio: { id: 'audio_1' } },
    { role: 'function', name: 'look', content: null },
  ];

  it('come back as they were', () => expectExact(messages));

  it('are stored as they were received', async () => {
    const message = {
      role: 'assistant',
      content: null,
      refusal: 'I cannot help with that.',
      annotations: [],
      audio: { id: 'audio_2', data: 'UklGRg==', expires_at: 1_730_000_000, transcript: 'No.' },
      a_field_of_tomorrow: { deep: [1, null] },
    };
    provider.answers(
      sendsJson(200, {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: 'gpt-4o',
        choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message }],
      }),
    );
    const client = new OpenAI({ baseURL: `${provider.origin}/v1`, apiKey: 'sk', maxRetries: 0 });
    const completion = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: messages.slice(0, 1),
    });
    await expectExact([{ role: 'user', content: 'Help me' }, completion.choices[0]!.message]);
  });
});

describe('messages of the Anthropic client', () => {
  const messages: Anthropic.MessageParam[] = [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?', cache_control: { type: 'ephemeral' } },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
        {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: 'A page.' },
          title: 'Page',
        },
      ],
    },
    {
      role: 'assistant',
      content: [
        {
          type: 'thinking',
          thinking: 'Let me see …',
          signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk=',
        },
        {
          type: 'redacted_thinking',
          data: 'EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP',
        },
        { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1, zeta: [], alpha: null } },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          is_error: true,
          content: [
            { type: 'text', text: 'broken' },
            { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
          ],
        },
      ],
    },
    { role: 'assistant', content: 'It is broken.' },
  ];

  it('come back as they were', () => expectExact(messages));

  it('are stored as they were received, signatures and unknown blocks included', async () => {
    const content = [
      { type: 'thinking', thinking: '', signature: 'c2lnbmF0dXJl+/==' },
      { type: 'redacted_thinking', data: 'cmVkYWN0ZWQ=' },
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'tea' } },
      { type: 'a_block_of_tomorrow', payload: { b: 1, a: [true] } },
      { type: 'text', text: 'Done.', citations: null },
    ];
    provider.answers(
      sendsJson(200, {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-of-this-test',
        content,
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    );
    const client = new Anthropic({ baseURL: provider.origin, apiKey: 'sk', maxRetries: 0 });
    const answer = await client.messages.create({ model: 'claude-of-this-test', max_tokens: 100, messages });
    await expectExact([...messages, { role: answer.role, content: answer.content }]);
  });
});
