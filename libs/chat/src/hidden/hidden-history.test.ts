import { beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import { DONE, call, chunk, completion, json, sse } from '../../../../test/support/chat-answers.js';
import { HASH, ScriptedChat, scope } from '../../../../test/support/scripted-chat.js';

let chat: ScriptedChat;
beforeEach(() => {
  chat = new ScriptedChat();
});

const on = { scope, memoryTools: true } as const;
const done = json(completion({ content: 'done' }));
const calling = (...calls: object[]) => json(completion({ content: null, tool_calls: calls }, 'tool_calls'));
const streaming = (...calls: ReturnType<typeof call>[]) =>
  sse([
    ...calls.map((each, index) => chunk({ tool_calls: [{ index, ...each }] })),
    chunk({}, { finish_reason: 'tool_calls' }),
    DONE,
  ]);
const save = call('memory_save', { content: 'Ada likes Go' }, 'o1');
const search = call('memory_search', { query: 'Go' }, 'o2');
const book = call('book', { seat: 1 }, 'c1');

const asked = [{ role: 'user', content: 'Book it.' }];
const bodyOf = (messages: readonly object[]): string => JSON.stringify({ model: 'gpt-4o', messages });
/** What the client sends after an answer that called its tool. */
const withResult = (id = 'c1', calls: readonly object[] = [book]): object[] => [
  ...asked,
  { role: 'assistant', content: null, tool_calls: calls },
  { role: 'tool', tool_call_id: id, content: 'booked' },
];
const received = (nth: number): readonly Message[] =>
  (JSON.parse(chat.provider.received[nth]?.text ?? '') as { messages: Message[] }).messages;
const resultOf = (id: string, name: string) => ({
  role: 'tool',
  tool_call_id: id,
  content: `{"status":"${name} done"}`,
});
const booked = { role: 'tool', tool_call_id: 'c1', content: 'booked' };

describe.each([
  ['whole', calling],
  ['streamed', streaming],
])('our calls beside the client’s, in an answer that comes %s', (_, answer) => {
  it('are answered once, and the client gets its own alone', async () => {
    chat.provider.script = [answer(save, book, search)];
    const { text } = await chat.take(bodyOf(asked), on);
    expect(chat.answered).toMatchObject([{ name: 'memory_save' }, { name: 'memory_search' }]);
    expect(chat.provider.received).toHaveLength(1);
    expect(text).toContain('"id":"c1"');
    expect(text).toContain('"finish_reason":"tool_calls"');
    expect(text).not.toMatch(/memory_|"o1"|"o2"/);
  });

  it('are in the history again when the client brings its results, with the same bytes every time', async () => {
    chat.provider.script = [answer(save, book, search), done, done];
    await chat.take(bodyOf(asked), on);
    await chat.take(bodyOf(withResult()), on);
    await chat.take(bodyOf([...withResult(), { role: 'assistant', content: 'done' }, ...asked]), on);
    const history = [
      ...asked,
      { role: 'assistant', content: null, tool_calls: [save, book, search] },
      resultOf('o1', 'memory_save'),
      booked,
      resultOf('o2', 'memory_search'),
    ];
    expect(received(1)).toEqual(history);
    expect(received(2).slice(0, history.length)).toEqual(history);
    const start = chat.provider.received[1]?.text.split(']')[0] ?? '';
    expect(chat.provider.received[2]?.text.startsWith(start)).toBe(true);
    expect(chat.answered).toHaveLength(2);
  });

  it('bring along the rounds that were answered before them in the same turn', async () => {
    chat.provider.script = [answer(search), answer(book), done];
    await chat.take(bodyOf(asked), on);
    await chat.take(bodyOf(withResult()), on);
    expect(received(2)).toEqual([
      ...asked,
      { role: 'assistant', content: null, tool_calls: [search] },
      resultOf('o2', 'memory_search'),
      { role: 'assistant', content: null, tool_calls: [book] },
      booked,
    ]);
    expect(received(2).slice(0, 3)).toEqual(received(1));
  });

  it('are answered beside the client’s in every round, also when none is left for ours alone', async () => {
    chat.provider.script = [answer(search), answer(search), answer(search), answer(save, book), done];
    await chat.take(bodyOf(asked), on);
    expect(chat.answered).toHaveLength(4);
    await chat.take(bodyOf(withResult()), on);
    expect(received(4)).toHaveLength(1 + 3 * 2 + 3);
  });

  it('are retrievals too, for nobody’s memory', async () => {
    const retrieve = call('headroom_retrieve', { hash: HASH }, 'r');
    chat.provider.script = [answer(retrieve, book), done];
    await chat.take(bodyOf(asked));
    await chat.take(bodyOf(withResult()));
    expect(received(1).slice(1)).toEqual([
      { role: 'assistant', content: null, tool_calls: [retrieve, book] },
      { role: 'tool', tool_call_id: 'r', content: '{"original_content":"all of it"}' },
      booked,
    ]);
  });

  it('are nobody else’s: not another user’s, not another session’s', async () => {
    chat.provider.script = [answer(save, book), done, done, done];
    await chat.take(bodyOf(asked), { ...on, sessionId: 's' });
    const body = bodyOf(withResult());
    await chat.take(body, { ...on, sessionId: 't' });
    await chat.take(body, { ...on, scope: { userId: 'bob' }, sessionId: 's' });
    await chat.take(body, { ...on, sessionId: 's' });
    expect([1, 2, 3].map((nth) => received(nth).length)).toEqual([3, 3, 4]);
  });

  it('are lost to the model, and nothing else, when they cannot be kept', async () => {
    chat.hidden.keep = () => Promise.reject(new Error('the store is down'));
    chat.provider.script = [answer(save, book), done];
    const { text, status } = await chat.take(bodyOf(asked), on);
    expect(status).toBe(200);
    expect(text).toContain('"id":"c1"');
    expect(chat.failures).toEqual(['keep_calls']);
    await chat.take(bodyOf(withResult()), on);
    expect(received(1)).toEqual(withResult());
  });
});

describe('a history with hidden calls', () => {
  beforeEach(async () => {
    chat.provider.script = [calling(save, book), done, done];
    await chat.take(bodyOf(asked), on);
  });

  it.each(['audit', 'simulate', 'passthrough'] as const)('goes as it was sent in mode %s', async (mode) => {
    await chat.take(bodyOf(withResult()), { ...on, mode });
    expect(chat.provider.received[1]?.text).toBe(bodyOf(withResult()));
  });

  it('goes as it was sent when its calls cannot be found', async () => {
    chat.hidden.find = () => Promise.reject(new Error('the store is down'));
    await chat.take(bodyOf(withResult()), on);
    expect(received(1)).toEqual(withResult());
    expect(chat.failures).toEqual(['prepare']);
  });

  it('keeps calls of its client’s whose answers hid nothing as they are', async () => {
    const other = call('book', { seat: 2 }, 'c2');
    await chat.take(bodyOf(withResult('c2', [other])), on);
    expect(received(1)).toEqual(withResult('c2', [other]));
  });
});

describe('a stream that hides calls beside the client’s', () => {
  it('ends for the client only when they are kept', async () => {
    const order: string[] = [];
    const keep = chat.hidden.keep.bind(chat.hidden);
    chat.hidden.keep = async (...given) => {
      await keep(...given);
      order.push('kept');
    };
    chat.provider.script = [streaming(save, book)];
    const { body } = await chat.turns.take(
      { tenantId: 'default', users: null, isAdmin: false },
      {
        ...on,
        body: Buffer.from(bodyOf(asked)),
        url: 'http://provider.test/v1/chat/completions',
        headers: {},
        mode: 'optimize',
        signal: new AbortController().signal,
      },
    );
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      const text = Buffer.from(piece).toString('utf8');
      if (text.includes('"name":"book"')) order.push('call');
      if (text.includes('"finish_reason":"tool_calls"')) order.push('end');
    }
    expect(order).toEqual(['call', 'kept', 'end']);
  });

  it('answers none of them when it breaks off before its end', async () => {
    chat.provider.script = [
      sse([chunk({ tool_calls: [{ index: 0, ...save }] }), chunk({ tool_calls: [{ index: 1, ...book }] })]),
    ];
    const { text } = await chat.take(bodyOf(asked), on);
    expect(text).toContain('provider_error');
    expect(chat.answered).toEqual([]);
  });
});
