import { beforeEach, describe, expect, it } from 'vitest';
import { BODY, DONE, chunk, sse, textOfStream } from '../../../test/support/chat-answers.js';
import { ScriptedChat, scope } from '../../../test/support/scripted-chat.js';

let chat: ScriptedChat;
beforeEach(() => {
  chat = new ScriptedChat();
});

describe('an answer that streams', () => {
  it('is the same bytes when nothing of it changes', async () => {
    const stream = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'a <b' }),
      ': ping\n\n',
      chunk({}, { finish_reason: 'stop' }),
      DONE,
    ];
    chat.provider.script = [sse(stream)];
    expect((await chat.take(BODY)).text).toBe(stream.join(''));
  });

  it.each([
    ['resets', [chunk({ content: 'half ' }), new Error('ECONNRESET')]],
    ['ends in half an event', [chunk({ content: 'half ' }), 'data: {"choices":[{"index":0,"del']],
    ['ends without an end', [chunk({ content: 'half ' })]],
  ])('says so in one event when it %s', async (_, list) => {
    chat.provider.script = [sse(list)];
    const { text } = await chat.take(BODY, { scope });
    expect(textOfStream(text.replace(/data: \{"error.*\n\n$/, ''))).toEqual(['half ']);
    expect(text).toMatch(/data: \{"error":\{"message":"[^"]+","type":"provider_error"\}\}\n\n$/);
    expect(text).not.toContain('[DONE]');
    expect(chat.records).toMatchObject([{ failed: true }]);
  });

  it('passes an error inside the stream through, once', async () => {
    const stream = [chunk({ content: 'a' }), 'data: {"error":{"message":"overloaded"}}\n\n'];
    chat.provider.script = [sse(stream)];
    expect((await chat.take(BODY)).text).toBe(stream.join(''));
  });
});
