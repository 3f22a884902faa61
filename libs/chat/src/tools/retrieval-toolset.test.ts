import { beforeEach, describe, expect, it } from 'vitest';
import { loadTokenCounter } from '#libs/tokens';
import {
  DONE,
  WITH_MARKER,
  STREAMED_MARKER,
  call,
  chunk,
  completion,
  json,
  sse,
  textOfStream,
} from '../../../../test/support/chat-answers.js';
import { HASH, ScriptedChat } from '../../../../test/support/scripted-chat.js';

let chat: ScriptedChat;
beforeEach(() => {
  chat = new ScriptedChat();
});

describe('the tool that retrieves', () => {
  it('is offered only for a marker that can be redeemed', async () => {
    chat.provider.script = [json(completion({ content: 'hi' })), json(completion({ content: 'hi' }))];
    await chat.take(WITH_MARKER);
    expect(chat.provider.received[0]?.text).toContain('"name":"headroom_retrieve"');
    await chat.take(WITH_MARKER.replaceAll(HASH, '0'.repeat(24)));
    expect(chat.provider.received[1]?.text).not.toContain('"tools"');
  });

  it.each(['"none"', '{"type":"function","function":{"name":"book"}}'])(
    'respects tool_choice %s',
    async (choice) => {
      chat.provider.script = [json(completion({ content: 'hi' }))];
      const body = WITH_MARKER.replace(/\}$/, `,"tool_choice":${choice}}`);
      await chat.take(body);
      expect(chat.provider.received[0]?.text).toBe(body);
    },
  );
});

describe('a whole answer with a retrieval in it', () => {
  it('is asked for again after a retrieval, with the call and what it gave', async () => {
    chat.provider.script = [
      json(
        completion({ content: null, tool_calls: [call('headroom_retrieve', { hash: HASH })] }, 'tool_calls', {
          prompt_tokens: 10,
          completion_tokens: 1,
        }),
      ),
      json(completion({ content: 'found' }, 'stop', { prompt_tokens: 20, completion_tokens: 2 })),
    ];
    const { text } = await chat.take(WITH_MARKER);
    const sent = JSON.parse(chat.provider.received[1]!.text) as { messages: unknown[]; tools: unknown[] };
    expect(sent.messages.slice(1)).toEqual([
      { role: 'assistant', content: null, tool_calls: [call('headroom_retrieve', { hash: HASH })] },
      { role: 'tool', tool_call_id: 'call_1', content: '{"original_content":"all of it"}' },
    ]);
    expect(sent.tools).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ message: { content: 'found' } }],
      usage: { prompt_tokens: 30, completion_tokens: 3 },
    });
    const offered = (await loadTokenCounter('gpt-4o')).countText(JSON.stringify(sent.tools[0]));
    expect(chat.records).toMatchObject([
      { outputTokens: 3, failed: false, tokensBefore: 100 + offered, tokensAfter: 60 + offered },
    ]);
  });

  it('comes at the latest from a fourth call, which no longer offers the tool', async () => {
    const again = json(
      completion({ content: 'hm', tool_calls: [call('ccr_retrieve', { hash: HASH })] }, 'tool_calls'),
    );
    chat.provider.script = [again, again, again, again];
    const { text } = await chat.take(WITH_MARKER);
    expect(chat.provider.received.map(({ text: sent }) => sent.includes('"tools"'))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(chat.answered).toHaveLength(3);
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ message: { content: 'hm' }, finish_reason: 'stop' }],
    });
    expect(text).not.toContain('tool_calls');
  });
});

describe('a streamed answer with a retrieval in it', () => {
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
    chat.provider.script = [
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
    const { text } = await chat.take(STREAMED_MARKER);
    expect(textOfStream(text)).toEqual(['Look: found']);
    expect(text).not.toContain('retrieve');
    expect(text).not.toContain('tool_calls');
    expect(text.match(/\[DONE\]/g)).toHaveLength(1);
    expect(text.match(/"role"/g)).toHaveLength(1);
    expect(new Set(text.match(/"id":"[^"]*"/g))).toEqual(new Set(['"id":"c1"']));
    expect(text).toContain('"usage":{"prompt_tokens":30}');
    expect(JSON.parse(chat.provider.received[1]!.text)).toMatchObject({
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

  it('gives the model back what it thought, in whichever field its provider streams that', async () => {
    const signed = { type: 'reasoning.text', signature: 'S==' };
    const thought = { type: 'reasoning.text', text: 'I need it.' };
    chat.provider.script = [
      sse([
        chunk({ role: 'assistant', content: '', channel: 'x', reasoning_content: 'Let ' }),
        chunk({ reasoning_content: 'me see', reasoning: 'I need it.', reasoning_details: [thought] }),
        chunk({ reasoning_details: [signed] }),
        ...called('headroom_retrieve', 0),
        chunk({}, { finish_reason: 'tool_calls' }),
        DONE,
      ]),
      sse([chunk({ content: 'ok' }), chunk({}, { finish_reason: 'stop' }), DONE]),
    ];
    await chat.take(STREAMED_MARKER);
    const { messages } = JSON.parse(chat.provider.received[1]!.text) as { messages: object[] };
    expect(messages[1]).toEqual({
      role: 'assistant',
      content: null,
      reasoning_content: 'Let me see',
      reasoning: 'I need it.',
      reasoning_details: [thought, signed],
      tool_calls: [call('headroom_retrieve', { hash: HASH }, 'call_0')],
    });
  });

  it('keeps the client’s calls, numbered without a gap, when the model makes ours too', async () => {
    chat.provider.script = [
      sse([
        ...called('ccr_retrieve', 0),
        ...called('book', 1),
        chunk({}, { finish_reason: 'tool_calls' }),
        DONE,
      ]),
    ];
    const { text } = await chat.take(STREAMED_MARKER);
    expect(chat.provider.received).toHaveLength(1);
    expect(text).not.toContain('ccr_retrieve');
    expect(text).toContain('"tool_calls":[{"index":0,"id":"call_1"');
    expect(text).toContain('"finish_reason":"tool_calls"');
  });

  it('hides a call whose name comes in parts', async () => {
    const named = (name: string) => chunk({ tool_calls: [{ index: 0, id: 'call_0', function: { name } }] });
    chat.provider.script = [
      sse([named('headroom'), named('_retrieve'), chunk({}, { finish_reason: 'tool_calls' }), DONE]),
      sse([chunk({ content: 'ok' }), chunk({}, { finish_reason: 'stop' }), DONE]),
    ];
    expect((await chat.take(STREAMED_MARKER)).text).not.toContain('headroom');
    expect(chat.answered).toMatchObject([{ name: 'headroom_retrieve' }]);
  });

  it('gives a call of a tool that the client declared itself to the client', async () => {
    const body = STREAMED_MARKER.replace(
      /\}$/,
      ',"tools":[{"type":"function","function":{"name":"ccr_retrieve"}}]}',
    );
    const stream = [...called('ccr_retrieve'), chunk({}, { finish_reason: 'tool_calls' }), DONE];
    chat.provider.script = [sse(stream)];
    expect((await chat.take(body)).text).toBe(stream.join(''));
  });

  it('ends in one event when the model cannot be called again', async () => {
    chat.provider.script = [
      sse([...called('headroom_retrieve'), chunk({}, { finish_reason: 'tool_calls' }), DONE]),
      json('{"error":{"message":"no credit"}}', 402),
    ];
    expect((await chat.take(STREAMED_MARKER)).text).toBe(
      'data: {"error":{"message":"no credit","type":"provider_error"}}\n\n',
    );
  });
});
