import { beforeEach, describe, expect, it } from 'vitest';
import {
  BODY,
  DONE,
  WITH_MARKER,
  call,
  chunk,
  completion,
  json,
  sse,
  textOfStream,
} from '../../../../test/support/chat-answers.js';
import { HASH, ScriptedChat, scope } from '../../../../test/support/scripted-chat.js';

let chat: ScriptedChat;
beforeEach(() => {
  chat = new ScriptedChat();
});

const on = { scope, memoryTools: true } as const;
const done = json(completion({ content: 'done' }));
const calling = (...calls: object[]) => json(completion({ content: null, tool_calls: calls }, 'tool_calls'));
const withTools = (...names: string[]): string =>
  BODY.replace(
    /\}$/,
    `,"tools":[${names.map((name) => `{"type":"function","function":{"name":"${name}"}}`).join(',')}]}`,
  );

/** The names of the tools in a body that the provider received. */
function toolsIn(received: number): string[] {
  const { tools = [] } = JSON.parse(chat.provider.received[received]?.text ?? '{}') as {
    tools?: { function: { name: string } }[];
  };
  return tools.map((tool) => tool.function.name);
}

describe('the memory tools', () => {
  it('are offered where they are asked for and a user is named, and nowhere else', async () => {
    chat.provider.script = [done, done, done];
    await chat.take(BODY, { memoryTools: true });
    await chat.take(BODY, { scope });
    await chat.take(BODY, on);
    expect([0, 1, 2].map(toolsIn)).toEqual([[], [], ['memory_save', 'memory_search']]);
  });

  it.each(['audit', 'simulate', 'passthrough'] as const)('are not offered in mode %s', async (mode) => {
    chat.provider.script = [calling(call('memory_save', {}))];
    const { text } = await chat.take(BODY, { ...on, mode });
    expect(chat.provider.received[0]?.text).toBe(BODY);
    expect(text).toContain('memory_save');
    expect(chat.answered).toEqual([]);
  });

  it('stand behind the client’s and before what is not always offered, in the same bytes', async () => {
    chat.provider.script = [done, done];
    const body = WITH_MARKER.replace(/\}$/, ',"tools":[{"type":"function","function":{"name":"book"}}]}');
    await chat.take(body, on);
    await chat.take(body, on);
    expect(toolsIn(0)).toEqual(['book', 'memory_save', 'memory_search', 'headroom_retrieve']);
    expect(chat.provider.received[1]?.text).toBe(chat.provider.received[0]?.text);
  });

  it.each(['"none"', '{"type":"function","function":{"name":"book"}}'])(
    'are not offered against tool_choice %s',
    async (choice) => {
      chat.provider.script = [done];
      const body = BODY.replace(/\}$/, `,"tool_choice":${choice}}`);
      await chat.take(body, on);
      expect(chat.provider.received[0]?.text).toBe(body);
    },
  );

  it.each([
    ['several answers', ',"n":2'],
    ['functions, the older way', ',"functions":[{"name":"book"}]'],
  ])('are not offered to a client that asks for %s', async (_, more) => {
    chat.provider.script = [done];
    await chat.take(BODY.replace(/\}$/, `${more}}`), on);
    expect(toolsIn(0)).toEqual([]);
  });

  it('are the client’s where it declares one of their name, and the call is too', async () => {
    const answer = JSON.stringify(completion({ content: null, tool_calls: [call('memory_save', {})] }));
    chat.provider.script = [json(answer)];
    const { text } = await chat.take(withTools('memory_save'), on);
    expect(toolsIn(0)).toEqual(['memory_save', 'memory_search']);
    expect(text).toBe(answer);
    expect(chat.answered).toEqual([]);
  });
});

describe('a call of a memory tool', () => {
  it('acts in the scope of the request, and its result goes to the model, never to the client', async () => {
    chat.provider.script = [calling(call('memory_save', { content: 'Ada likes Go' })), done];
    const narrow = { ...scope, sessionId: 's', agentId: 'a' };
    const { text } = await chat.take(BODY, { ...on, scope: narrow });
    expect(chat.answered).toMatchObject([
      { name: 'memory_save', arguments: '{"content":"Ada likes Go"}', scope: narrow },
    ]);
    const sent = JSON.parse(chat.provider.received[1]?.text ?? '') as { messages: unknown[] };
    expect(sent.messages.at(-1)).toEqual({
      role: 'tool',
      tool_call_id: 'call_1',
      content: '{"status":"memory_save done"}',
    });
    expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { content: 'done' } }] });
    expect(text).not.toContain('memory_save');
  });

  it('is answered beside others of ours, in the order in which the model made them', async () => {
    const started: string[] = [];
    chat.answerMemory = ({ name }) => ({ nth: started.push(name) });
    const calls = [
      call('memory_save', {}, 'a'),
      call('headroom_retrieve', { hash: HASH }, 'b'),
      call('memory_search', {}, 'c'),
    ];
    chat.provider.script = [calling(...calls), done];
    await chat.take(BODY, on);
    const { messages } = JSON.parse(chat.provider.received[1]?.text ?? '') as {
      messages: { tool_call_id?: string; content: string }[];
    };
    expect(messages.slice(-3).map(({ tool_call_id, content }) => [tool_call_id, content])).toEqual([
      ['a', '{"nth":1}'],
      ['b', '{"original_content":"all of it"}'],
      ['c', '{"nth":2}'],
    ]);
  });

  it('is answered three times at most, in whatever sets; then the model goes on without our tools', async () => {
    const search = calling(call('memory_search', {}));
    chat.provider.script = [search, calling(call('ccr_retrieve', { hash: HASH })), search, search];
    const { text } = await chat.take(
      WITH_MARKER.replace(/\}$/, ',"tools":[{"type":"function","function":{"name":"book"}}]}'),
      on,
    );
    expect([0, 1, 2, 3].map((round) => toolsIn(round).length)).toEqual([4, 4, 4, 1]);
    expect(chat.answered).toHaveLength(3);
    expect(text).not.toContain('tool_calls');
  });

  it('gets an error for a result when memory fails, and the turn goes on', async () => {
    chat.answerMemory = () => {
      throw new Error('the store is down');
    };
    chat.provider.script = [calling(call('memory_search', {})), done];
    const { text, status } = await chat.take(BODY, on);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { content: 'done' } }] });
    expect(chat.provider.received[1]?.text).toContain('Memory cannot be reached at the moment');
    expect(chat.failures).toEqual(['memory_tool']);
  });
});

describe('a streamed call of a memory tool', () => {
  const piece = (index: number, called: object) => chunk({ tool_calls: [{ index, ...called }] });
  const named = (name: string, index = 0) =>
    piece(index, { id: `call_${index}`, type: 'function', function: { name } });
  const withArguments = (text: string, index = 0) => piece(index, { function: { arguments: text } });
  const finished = [chunk({}, { finish_reason: 'tool_calls' }), DONE];
  const ending = sse([chunk({ content: 'done' }), chunk({}, { finish_reason: 'stop' }), DONE]);

  it('is hidden however it is cut, also beside others, and every one is answered', async () => {
    chat.provider.script = [
      sse([
        chunk({ role: 'assistant', content: null }),
        named('memory_'),
        named('save'),
        named('memory_search', 1),
        withArguments('{"con'),
        withArguments('{"query":"x"}', 1),
        withArguments('tent":"y"}'),
        ...finished,
      ]),
      ending,
    ];
    const { text } = await chat.take(BODY, on);
    expect(textOfStream(text)).toEqual(['done']);
    expect(text).not.toContain('tool_calls');
    expect(chat.answered).toMatchObject([
      { name: 'memory_save', arguments: '{"content":"y"}' },
      { name: 'memory_search', arguments: '{"query":"x"}' },
    ]);
  });

  it('is answered when it has no arguments at all', async () => {
    chat.provider.script = [sse([named('memory_search'), ...finished]), ending];
    expect(textOfStream((await chat.take(BODY, on)).text)).toEqual(['done']);
    expect(chat.answered).toMatchObject([{ name: 'memory_search', arguments: '' }]);
  });

  it('is answered when its provider repeats the name with every piece', async () => {
    const repeated = (text: string) =>
      piece(0, { id: 'call_0', function: { name: 'memory_search', arguments: text } });
    chat.provider.script = [
      sse([repeated(''), repeated('{"query":'), repeated('"x"}'), ...finished]),
      ending,
    ];
    expect(textOfStream((await chat.take(BODY, on)).text)).toEqual(['done']);
    expect(chat.answered).toMatchObject([{ name: 'memory_search', arguments: '{"query":"x"}' }]);
  });

  it('is the client’s when the name goes on to that of a tool of its own', async () => {
    chat.provider.script = [
      sse([named('memory_search'), named('_index'), withArguments('{"at":1}'), ...finished]),
    ];
    const { text } = await chat.take(withTools('memory_search_index'), on);
    expect(chat.answered).toEqual([]);
    expect(text).toContain('"finish_reason":"tool_calls"');
    const parts = [...text.matchAll(/"name":"([^"]*)"/g)].map(([, part]) => part);
    expect(parts.join('')).toBe('memory_search_index');
  });
});
