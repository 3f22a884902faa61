import { HeadroomClient, type OpenAIMessage } from 'headroom-ai';
import OpenAI from 'openai';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGENT_READS } from '../support/agent-reads.js';
import { completes, ScriptedProvider } from '../support/scripted-provider.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const QUESTION = 'What is wrong with the payments?';

let provider: ScriptedProvider;
let server: SpawnedServer;
let headroom: HeadroomClient;
let openai: OpenAI;

beforeAll(async () => {
  provider = await new ScriptedProvider().start();
  server = await spawnServer({ OPENAI_TARGET_API_URL: `${provider.origin}/v1` });
  headroom = new HeadroomClient({ baseUrl: server.url, fallback: false, retries: 0 });
  openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk-client', maxRetries: 0 });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  provider.reset();
});

function callsOf(names: readonly string[]): OpenAIMessage {
  const tool_calls = names.map((name) => ({
    id: `call_${name}`,
    type: 'function' as const,
    function: { name: `read_${name}`, arguments: '{}' },
  }));
  return { role: 'assistant', content: null, tool_calls };
}

/** Code is only compressed once it is no longer recent. */
const LATER: OpenAIMessage[] = [
  { role: 'assistant', content: 'I have read all of it.' },
  { role: 'user', content: 'And?' },
  { role: 'assistant', content: 'One moment.' },
  { role: 'user', content: 'Go on.' },
];

describe.each(AGENT_READS)('a tool result of the kind $kind', ({ kind, text, needles }) => {
  const messages: OpenAIMessage[] = [
    { role: 'user', content: QUESTION },
    callsOf([kind]),
    { role: 'tool', tool_call_id: `call_${kind}`, content: text },
    ...LATER,
  ];

  it('becomes smaller, keeps what matters and comes back byte for byte', async () => {
    const result = await headroom.compress(messages, { model: 'gpt-4o' });
    const output = String((result.messages[2] as { content: unknown }).content);
    expect(output.length).toBeLessThan(text.length * 0.8);
    for (const needle of needles) expect(output).toContain(needle);
    const originals = await Promise.all(result.ccrHashes.map((hash) => headroom.retrieve(hash)));
    expect(originals).toContainEqual(expect.objectContaining({ originalContent: text }));
  });

  it('is told with the reason, by the route itself', async () => {
    const response = await fetch(`${server.url}/v1/compress`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages, model: 'gpt-4o' }),
    });
    const { message_reports: reports } = (await response.json()) as { message_reports: unknown[] };
    expect(reports[2]).toMatchObject({ reason: 'compressed', content_type: kind });
  });
});

describe('a picture on its way to a model', () => {
  it('is looked at less closely when only its gist is asked for', async () => {
    const picture = await sharp({
      create: { width: 1024, height: 1024, channels: 3, background: '#86a' },
    })
      .jpeg()
      .toBuffer();
    const image_url = { url: `data:image/jpeg;base64,${picture.toString('base64')}` };
    const content = (text: string) => [
      { type: 'text' as const, text },
      { type: 'image_url' as const, image_url },
    ];
    const detailSent = async (text: string): Promise<unknown> => {
      provider.answers(completes('A colour.'));
      await openai.chat.completions.create({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: content(text) }],
      });
      const sent = JSON.parse(provider.last.body.toString()) as {
        messages: { content: { image_url?: Record<string, unknown> }[] }[];
      };
      expect(sent.messages[0]?.content[1]?.image_url?.['url']).toBe(image_url.url);
      return sent.messages[0]?.content[1]?.image_url?.['detail'];
    };
    expect(await detailSent('What animal is this?')).toBe('low');
    expect(await detailSent('Count the whiskers.')).toBeUndefined();
  });
});

describe('a question about what was left out of an earlier result', () => {
  const files = JSON.stringify(
    Array.from({ length: 400 }, (_, i) => ({
      path: i === 317 ? 'src/http/auth_middleware.py' : `src/part${i % 40}/module_${i}.py`,
      lines: 100 + (i % 7),
    })),
  );
  const conversation: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'user', content: 'Which files are there?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'list_files', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: files },
    { role: 'assistant', content: 'About 400.' },
    { role: 'user', content: 'What about the auth middleware?' },
  ];
  const sentFor = async (messages: OpenAI.ChatCompletionMessageParam[]): Promise<string[]> => {
    provider.answers(completes('It checks keys.'));
    await openai.chat.completions.create({ model: 'gpt-4o', messages });
    const sent = JSON.parse(provider.last.body.toString()) as { messages: unknown[] };
    return sent.messages.map((message) => JSON.stringify(message));
  };

  it('reaches the model with what it asks for, and reads the same in the next turn', async () => {
    const sent = await sentFor(conversation);
    expect(sent[2]).not.toContain('auth_middleware');
    expect(sent[4]).toContain('src/http/auth_middleware.py');
    const next = await sentFor([
      ...conversation,
      { role: 'assistant', content: 'It checks keys.' },
      { role: 'user', content: 'Thanks. And now?' },
    ]);
    expect(next.slice(0, 5)).toEqual(sent);
  });
});
