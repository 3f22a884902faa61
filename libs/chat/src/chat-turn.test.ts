import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Clock, Ids, type Caller, type Message } from '#libs/kernel';
import { MemoryBlockStripper } from '#libs/memory';
import type { RequestRecord } from '#libs/usage';
import {
  ChatProvider,
  ChatTurn,
  OpenAiDialect,
  PendingWork,
  PromptPreparation,
  TurnRecords,
  readWhole,
  type CalledTool,
  type ProviderRequest,
  type ProviderResponse,
  type ShapedContext,
  type TurnAnswer,
  type TurnRequest,
} from './index.js';

const HASH = 'a1b2c3d4e5f60718293a4b5c';
const caller: Caller = { tenantId: 'default', users: null, isAdmin: false };

class StoppedClock extends Clock {
  now(): Date {
    return new Date(0);
  }
}

class OneId extends Ids {
  next(prefix: string): string {
    return `${prefix}_1`;
  }
}

/** Answers from a script, and remembers what it was sent. */
class ScriptedProvider extends ChatProvider {
  readonly received: { readonly text: string; readonly request: ProviderRequest }[] = [];
  script: (() => ProviderResponse | Error)[] = [];

  send(request: ProviderRequest): Promise<ProviderResponse> {
    this.received.push({ text: Buffer.from(request.body).toString('utf8'), request });
    const answer = this.script[this.received.length - 1]?.() ?? new Error('nothing is scripted');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

async function* pieces(list: readonly (string | Buffer | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of list) {
    await Promise.resolve();
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece as string);
  }
}

const json =
  (value: unknown, status = 200) =>
  (): ProviderResponse => ({
    status,
    headers: { 'content-type': 'application/json', 'x-request-id': 'upstream' },
    body: pieces([typeof value === 'string' ? value : JSON.stringify(value)]),
  });
const sse = (list: readonly (string | Buffer | Error)[]) => (): ProviderResponse => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream; charset=utf-8' },
  body: pieces(list),
});

const chunk = (delta: object, more: object = {}, index = 0): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index, delta, finish_reason: null, ...more }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';
const call = (name: string, args: object, id = 'call_1') => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});
const completion = (message: object, finish = 'stop', usage?: object) => ({
  id: 'c1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  ...(usage && { usage }),
});

let provider: ScriptedProvider;
let records: RequestRecord[];
let failures: string[];
let remembered: string[];
let answered: CalledTool[];
let pending: PendingWork;
let recall: (messages: readonly Message[]) => readonly Message[];
let compress: (messages: readonly Message[]) => readonly Message[];
let time: number;
let turns: ChatTurn;

beforeEach(() => {
  provider = new ScriptedProvider();
  [records, failures, remembered, answered] = [[], [], [], []];
  pending = new PendingWork();
  recall = compress = (messages) => messages;
  time = 0;
  const dialect = new OpenAiDialect();
  const memory = {
    openStripper: () => new MemoryBlockStripper(),
    inject: (_: Caller, { messages }: { messages: readonly Message[] }) =>
      Promise.resolve().then(() => ({ messages: recall(messages), memories: [], tokensAdded: 0 })),
    storeBlocks: (_: Caller, { blocks }: { blocks: readonly string[] }) => {
      remembered.push(...blocks);
      return Promise.resolve({ stored: [], duplicates: [], superseded: [], rejected: [], malformed: 0 });
    },
  };
  const retrieval = {
    canRedeem: (_: Caller, hash: string) => Promise.resolve(hash === HASH),
    answer: (_: Caller, asked: CalledTool) => {
      answered.push(asked);
      return Promise.resolve('{"original_content":"all of it"}');
    },
  };
  const context = {
    shape: (_: Caller, { messages }: { messages: readonly Message[] }): Promise<ShapedContext> =>
      Promise.resolve().then(() => ({
        messages: compress(messages),
        tokensBefore: 100,
        tokensAfter: 60,
        transforms: ['router:log:0.60'],
        ccrHashes: [],
      })),
  };
  turns = new ChatTurn({
    dialect,
    provider,
    memory,
    retrieval,
    pending,
    preparation: new PromptPreparation(dialect, memory, context, retrieval),
    records: new TurnRecords(dialect, { describe: () => ({}) }, new StoppedClock(), new OneId()),
    observer: {
      turnTaken: (_, record) => records.push(record),
      stepFailed: (step) => failures.push(step),
    },
    stopwatch: () => time++,
  });
});

async function take(body: string, more: Partial<TurnRequest> = {}): Promise<TurnAnswer & { text: string }> {
  const answer = await turns.take(caller, {
    body: Buffer.from(body),
    url: 'http://provider.test/v1/chat/completions',
    headers: {},
    mode: 'optimize',
    signal: new AbortController().signal,
    ...more,
  });
  const bytes = answer.body instanceof Uint8Array ? answer.body : await readWhole(answer.body);
  await pending.drain();
  return { ...answer, text: Buffer.from(bytes).toString('utf8') };
}

/** The text that a client puts together from a stream, per alternative answer. */
function textOfStream(stream: string): string[] {
  const texts: string[] = [];
  for (const event of stream.split('\n\n').filter((line) => line.startsWith('data: {'))) {
    const { choices } = JSON.parse(event.slice(6)) as {
      choices: { index: number; delta: { content?: string } }[];
    };
    for (const { index, delta } of choices) texts[index] = (texts[index] ?? '') + (delta.content ?? '');
  }
  return texts;
}

const BODY =
  '{ "model":"gpt-4o","temperature":1.0, "seed":12345678901234567890,"messages":[ {"role":"user","content":"caf\\u00e9"} ],"unknown":{"b":1,"a":-0.0e3}}';
const WITH_MARKER = `{"model":"gpt-4o","messages":[{"role":"tool","tool_call_id":"t","content":"[9 items compressed to 2. Retrieve more: hash=${HASH}]"}]}`;
const scope = { userId: 'ada' };

describe('a request on its way to the provider', () => {
  it('arrives byte for byte when nothing of it changes', async () => {
    provider.script = [json(completion({ content: 'hi' }))];
    await take(BODY);
    expect(provider.received[0]?.text).toBe(BODY);
  });

  it('differs only in the messages that changed', async () => {
    compress = ([first]) => [{ ...first!, content: 'short' }];
    provider.script = [json(completion({ content: 'hi' }))];
    await take(BODY);
    expect(provider.received[0]?.text).toBe(BODY.replace('"caf\\u00e9"', '"short"'));
  });

  it('is not even read when the client asks for bypass', async () => {
    compress = recall = () => [];
    provider.script = [json('whatever')];
    const body = '{"not json';
    const { text } = await take(body, { mode: 'passthrough', scope });
    expect(provider.received[0]?.text).toBe(body);
    expect(text).toBe('whatever');
  });

  it.each(['audit', 'simulate'] as const)('is only looked at in mode %s', async (mode) => {
    compress = recall = () => [];
    const answer = JSON.stringify(completion({ content: '<memory>{}</memory>hi' }));
    provider.script = [json(answer)];
    const { text, headers } = await take(BODY, { mode, scope });
    expect(provider.received[0]?.text).toBe(BODY);
    expect(text).toBe(answer);
    expect(headers['x-headroom-tokens-before']).toBe('100');
    expect(headers['x-headroom-tokens-saved']).toBe('0');
  });

  it('goes through unchanged when a step of ours fails, and says so', async () => {
    compress = () => {
      throw new Error('the store is down');
    };
    provider.script = [json(completion({ content: 'hi' }))];
    const { headers, status } = await take(BODY, { scope });
    expect(status).toBe(200);
    expect(provider.received[0]?.text).toBe(BODY);
    expect(headers['x-headroom-compression-failed']).toBe('true');
    expect(failures).toEqual(['prepare']);
  });

  it('is refused for a user outside the key', async () => {
    const bound: Caller = { ...caller, users: ['bob'] };
    const request = { body: Buffer.from(BODY), url: '', headers: {}, mode: 'optimize', scope } as const;
    await expect(turns.take(bound, { ...request, signal: new AbortController().signal })).rejects.toThrow(
      'not allowed',
    );
    expect(provider.received).toHaveLength(0);
  });

  it('offers retrieval only for a marker that can be redeemed', async () => {
    provider.script = [json(completion({ content: 'hi' })), json(completion({ content: 'hi' }))];
    await take(WITH_MARKER);
    expect(provider.received[0]?.text).toContain('"name":"headroom_retrieve"');
    await take(WITH_MARKER.replaceAll(HASH, '0'.repeat(24)));
    expect(provider.received[1]?.text).not.toContain('"tools"');
  });

  it.each(['"none"', '{"type":"function","function":{"name":"book"}}'])(
    'respects tool_choice %s',
    async (choice) => {
      provider.script = [json(completion({ content: 'hi' }))];
      const body = WITH_MARKER.replace(/\}$/, `,"tool_choice":${choice}}`);
      await take(body);
      expect(provider.received[0]?.text).toBe(body);
    },
  );
});

describe('an answer that arrives whole', () => {
  it('keeps its bytes, but for the memory block and the white space around it', async () => {
    const answer =
      '{ "id":"c", "choices":[ {"index":0,"message":{"role":"assistant","content":"Hi. <memory>{}</memory> "},"logprobs":null,"x":1.0} ] }';
    provider.script = [json(answer)];
    const { text } = await take(BODY, { scope });
    expect(text).toBe(answer.replace(' <memory>{}</memory> ', ''));
    expect(remembered).toEqual(['{}']);
  });

  it('is untouched without a user', async () => {
    const answer = JSON.stringify(completion({ content: 'Hi. <memory>{}</memory>' }));
    provider.script = [json(answer)];
    expect((await take(BODY)).text).toBe(answer);
    expect(remembered).toEqual([]);
  });

  it('is asked for again after a retrieval, with the call and what it gave', async () => {
    provider.script = [
      json(
        completion({ content: null, tool_calls: [call('headroom_retrieve', { hash: HASH })] }, 'tool_calls', {
          prompt_tokens: 10,
          completion_tokens: 1,
        }),
      ),
      json(completion({ content: 'found' }, 'stop', { prompt_tokens: 20, completion_tokens: 2 })),
    ];
    const { text } = await take(WITH_MARKER);
    const sent = JSON.parse(provider.received[1]!.text) as { messages: unknown[]; tools: unknown[] };
    expect(sent.messages.slice(1)).toEqual([
      { role: 'assistant', content: null, tool_calls: [call('headroom_retrieve', { hash: HASH })] },
      { role: 'tool', tool_call_id: 'call_1', content: '{"original_content":"all of it"}' },
    ]);
    expect(sent.tools).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ message: { content: 'found' } }],
      usage: { prompt_tokens: 30, completion_tokens: 3 },
    });
    expect(records).toMatchObject([{ outputTokens: 3, failed: false, tokensBefore: 100, tokensAfter: 60 }]);
  });

  it('comes at the latest from a fourth call, which no longer offers the tool', async () => {
    const again = json(
      completion({ content: 'hm', tool_calls: [call('ccr_retrieve', { hash: HASH })] }, 'tool_calls'),
    );
    provider.script = [again, again, again, again];
    const { text } = await take(WITH_MARKER);
    expect(provider.received.map(({ text: sent }) => sent.includes('"tools"'))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(answered).toHaveLength(3);
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ message: { content: 'hm' }, finish_reason: 'stop' }],
    });
    expect(text).not.toContain('tool_calls');
  });

  it('keeps the client’s calls and drops ours when the model makes both', async () => {
    const both = [call('headroom_retrieve', { hash: HASH }, 'a'), call('book', { seat: 1 }, 'b')];
    provider.script = [json(completion({ content: null, tool_calls: both }, 'tool_calls'))];
    const { text } = await take(WITH_MARKER);
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ message: { tool_calls: [both[1]] }, finish_reason: 'tool_calls' }],
    });
    expect(text).not.toContain('headroom_retrieve');
  });

  it('passes an error of the provider through as it is', async () => {
    provider.script = [json('{"error":{"message":"slow down"}}', 429)];
    const { status, text, headers } = await take(BODY, { scope });
    expect([status, text]).toEqual([429, '{"error":{"message":"slow down"}}']);
    expect(headers['x-request-id']).toBe('upstream');
  });

  it.each([['<html>'], ['']])('is an error of the provider’s when it is no JSON: %j', async (body) => {
    provider.script = [json(body)];
    const { status, text } = await take(BODY);
    expect(status).toBe(502);
    expect(JSON.parse(text)).toMatchObject({ error: { type: 'provider_error' } });
    expect(records).toMatchObject([{ failed: true }]);
  });
});

describe('what the model wants remembered', () => {
  const noting = (note: string) => json(completion({ content: `ok<memory>${note}</memory>` }));

  it('is stored before the same user’s next recall, and not before the answer is given', async () => {
    const known: string[][] = [];
    recall = (messages) => {
      known.push([...remembered]);
      return messages;
    };
    provider.script = [noting('first'), noting('second')];
    const request = {
      url: '',
      headers: {},
      mode: 'optimize',
      scope,
      signal: new AbortController().signal,
    } as const;
    await turns.take(caller, { ...request, body: Buffer.from(BODY) });
    expect(remembered).toEqual([]);
    await turns.take(caller, { ...request, body: Buffer.from(BODY) });
    await pending.drain();
    expect(known).toEqual([[], ['first']]);
    expect(remembered).toEqual(['first', 'second']);
  });
});

describe('an answer that streams', () => {
  const content = 'Hello! <memory>{"memories":[]}</memory> Bye <memor <b>x</b>';
  const shown = 'Hello!Bye <memor <b>x</b>';
  const STREAMED = WITH_MARKER.replace(/^\{/, '{"stream":true,');

  it('is the same bytes when nothing of it changes', async () => {
    const stream = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'a <b' }),
      ': ping\n\n',
      chunk({}, { finish_reason: 'stop' }),
      DONE,
    ];
    provider.script = [sse(stream)];
    expect((await take(BODY)).text).toBe(stream.join(''));
  });

  it('shows the same text however its bytes and its words are cut, without the memory block', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(cuts, cuts, async (words, sizes) => {
        provider.received.length = remembered.length = 0;
        const events = cutText(content, words).map((text) => chunk({ content: text }));
        const stream = Buffer.from([...events, chunk({}, { finish_reason: 'stop' }), DONE].join(''));
        provider.script = [sse(cutBytes(stream, sizes))];
        const { text } = await take(BODY, { scope });
        expect(textOfStream(text)).toEqual([shown]);
        expect(text).not.toContain('memories');
        expect(text.endsWith(DONE)).toBe(true);
        expect(remembered).toEqual(['{"memories":[]}']);
      }),
      { numRuns: 60 },
    );
  });

  it('strips each alternative answer by itself', async () => {
    provider.script = [
      sse([
        chunk({ content: 'a<mem' }, {}, 0),
        chunk({ content: 'b<memory>x' }, {}, 1),
        chunk({ content: 'ber' }, {}, 0),
        chunk({ content: '</memory>c' }, {}, 1),
        DONE,
      ]),
    ];
    expect(textOfStream((await take(BODY, { scope })).text)).toEqual(['a<member', 'bc']);
  });

  const called = (name: string, index = 0): string[] => [
    chunk({
      tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: '' } }],
    }),
    chunk({ tool_calls: [{ index, function: { arguments: `{"hash":` } }] }),
    chunk({ tool_calls: [{ index, function: { arguments: `"${HASH}"}` } }] }),
  ];
  const usage = (prompt: number): string =>
    `data: {"id":"c2","choices":[],"usage":{"prompt_tokens":${prompt}}}\n\n`;

  it('goes on after a retrieval as one stream, and the client sees nothing of the call', async () => {
    provider.script = [
      sse([
        chunk({ role: 'assistant', content: null }),
        chunk({ content: 'Look: ' }),
        ...called('headroom_retrieve'),
        chunk({}, { finish_reason: 'tool_calls' }),
        usage(10),
        DONE,
      ]),
      sse([
        chunk({ role: 'assistant', content: '' }).replace('c1', 'c2'),
        chunk({ content: 'found' }).replace('c1', 'c2'),
        chunk({}, { finish_reason: 'stop' }),
        usage(20),
        DONE,
      ]),
    ];
    const { text } = await take(STREAMED);
    expect(textOfStream(text)).toEqual(['Look: found']);
    expect(text).not.toContain('retrieve');
    expect(text).not.toContain('tool_calls');
    expect(text.match(/\[DONE\]/g)).toHaveLength(1);
    expect(text.match(/"role"/g)).toHaveLength(1);
    expect(new Set(text.match(/"id":"[^"]*"/g))).toEqual(new Set(['"id":"c1"']));
    expect(text).toContain('"usage":{"prompt_tokens":30}');
    expect(JSON.parse(provider.received[1]!.text)).toMatchObject({
      messages: [
        {},
        {
          role: 'assistant',
          content: 'Look: ',
          tool_calls: [call('headroom_retrieve', { hash: HASH }, 'call_0')],
        },
        { role: 'tool', tool_call_id: 'call_0' },
      ],
    });
  });

  it('keeps the client’s calls, numbered without a gap, when the model makes ours too', async () => {
    provider.script = [
      sse([
        ...called('ccr_retrieve', 0),
        ...called('book', 1),
        chunk({}, { finish_reason: 'tool_calls' }),
        DONE,
      ]),
    ];
    const { text } = await take(STREAMED);
    expect(provider.received).toHaveLength(1);
    expect(text).not.toContain('ccr_retrieve');
    expect(text).toContain('"tool_calls":[{"index":0,"id":"call_1"');
    expect(text).toContain('"finish_reason":"tool_calls"');
  });

  it('hides a call whose name comes in parts', async () => {
    const named = (name: string) => chunk({ tool_calls: [{ index: 0, id: 'call_0', function: { name } }] });
    provider.script = [
      sse([named('headroom'), named('_retrieve'), chunk({}, { finish_reason: 'tool_calls' }), DONE]),
      sse([chunk({ content: 'ok' }), chunk({}, { finish_reason: 'stop' }), DONE]),
    ];
    expect((await take(STREAMED)).text).not.toContain('headroom');
    expect(answered).toMatchObject([{ name: 'headroom_retrieve' }]);
  });

  it('gives a call of a tool that the client declared itself to the client', async () => {
    const body = STREAMED.replace(
      /\}$/,
      ',"tools":[{"type":"function","function":{"name":"ccr_retrieve"}}]}',
    );
    const stream = [...called('ccr_retrieve'), chunk({}, { finish_reason: 'tool_calls' }), DONE];
    provider.script = [sse(stream)];
    expect((await take(body)).text).toBe(stream.join(''));
  });

  it.each([
    ['resets', [chunk({ content: 'half ' }), new Error('ECONNRESET')]],
    ['ends in half an event', [chunk({ content: 'half ' }), 'data: {"choices":[{"index":0,"del']],
    ['ends without an end', [chunk({ content: 'half ' })]],
  ])('says so in one event when it %s', async (_, list) => {
    provider.script = [sse(list)];
    const { text } = await take(BODY, { scope });
    expect(textOfStream(text.replace(/data: \{"error.*\n\n$/, ''))).toEqual(['half ']);
    expect(text).toMatch(/data: \{"error":\{"message":"[^"]+","type":"provider_error"\}\}\n\n$/);
    expect(text).not.toContain('[DONE]');
    expect(records).toMatchObject([{ failed: true }]);
  });

  it('ends in one event when the model cannot be called again', async () => {
    provider.script = [
      sse([...called('headroom_retrieve'), chunk({}, { finish_reason: 'tool_calls' }), DONE]),
      json('{"error":{"message":"no credit"}}', 402),
    ];
    expect((await take(STREAMED)).text).toBe(
      'data: {"error":{"message":"no credit","type":"provider_error"}}\n\n',
    );
  });

  it('passes an error inside the stream through, once', async () => {
    const stream = [chunk({ content: 'a' }), 'data: {"error":{"message":"overloaded"}}\n\n'];
    provider.script = [sse(stream)];
    expect((await take(BODY)).text).toBe(stream.join(''));
  });
});

function cutText(text: string, sizes: readonly number[]): string[] {
  const parts: string[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return [...parts, text.slice(at)].filter((part) => part !== '');
}

function cutBytes(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...parts, bytes.subarray(at)];
}
