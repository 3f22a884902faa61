import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '#libs/kernel';
import { BODY, completion, json } from '../../../test/support/chat-answers.js';
import { ScriptedChat, caller, scope } from '../../../test/support/scripted-chat.js';

let chat: ScriptedChat;
beforeEach(() => {
  chat = new ScriptedChat();
});

describe('a request on its way to the provider', () => {
  it('arrives byte for byte when nothing of it changes', async () => {
    chat.provider.script = [json(completion({ content: 'hi' }))];
    await chat.take(BODY);
    expect(chat.provider.received[0]?.text).toBe(BODY);
  });

  it('differs only in the messages that changed', async () => {
    chat.compress = ([first]) => [{ ...first!, content: 'short' }];
    chat.provider.script = [json(completion({ content: 'hi' }))];
    await chat.take(BODY);
    expect(chat.provider.received[0]?.text).toBe(BODY.replace('"caf\\u00e9"', '"short"'));
  });

  it('is not even read when the client asks for bypass', async () => {
    chat.compress = chat.recall = () => [];
    chat.provider.script = [json('whatever')];
    const body = '{"not json';
    const { text } = await chat.take(body, { mode: 'passthrough', scope });
    expect(chat.provider.received[0]?.text).toBe(body);
    expect(text).toBe('whatever');
  });

  it.each(['audit', 'simulate'] as const)('is only looked at in mode %s', async (mode) => {
    chat.compress = chat.recall = () => [];
    const answer = JSON.stringify(completion({ content: '<memory>{}</memory>hi' }));
    chat.provider.script = [json(answer)];
    const { text, headers } = await chat.take(BODY, { mode, scope });
    expect(chat.provider.received[0]?.text).toBe(BODY);
    expect(text).toBe(answer);
    expect(headers['x-headroom-tokens-before']).toBe('100');
    expect(headers['x-headroom-tokens-saved']).toBe('0');
  });

  it('goes through unchanged when a step of ours fails, and says so', async () => {
    chat.compress = () => {
      throw new Error('the store is down');
    };
    chat.provider.script = [json(completion({ content: 'hi' }))];
    const { headers, status } = await chat.take(BODY, { scope });
    expect(status).toBe(200);
    expect(chat.provider.received[0]?.text).toBe(BODY);
    expect(headers['x-headroom-compression-failed']).toBe('true');
    expect(chat.failures).toEqual(['prepare']);
  });

  it('is refused for a user outside the key', async () => {
    const bound: Caller = { ...caller, users: ['bob'] };
    const request = { body: Buffer.from(BODY), url: '', headers: {}, mode: 'optimize', scope } as const;
    await expect(
      chat.turns.take(bound, { ...request, signal: new AbortController().signal }),
    ).rejects.toThrow('not allowed');
    expect(chat.provider.received).toHaveLength(0);
  });
});
