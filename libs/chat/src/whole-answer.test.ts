import { beforeEach, describe, expect, it } from 'vitest';
import { BODY, json } from '../../../test/support/chat-answers.js';
import { ScriptedChat, scope } from '../../../test/support/scripted-chat.js';

let chat: ScriptedChat;
beforeEach(() => {
  chat = new ScriptedChat();
});

describe('an answer that arrives whole', () => {
  it('passes an error of the provider through as it is', async () => {
    chat.provider.script = [json('{"error":{"message":"slow down"}}', 429)];
    const { status, text, headers } = await chat.take(BODY, { scope });
    expect([status, text]).toEqual([429, '{"error":{"message":"slow down"}}']);
    expect(headers['x-request-id']).toBe('upstream');
  });

  it.each([['<html>'], ['']])('is an error of the provider’s when it is no JSON: %j', async (body) => {
    chat.provider.script = [json(body)];
    const { status, text } = await chat.take(BODY);
    expect(status).toBe(502);
    expect(JSON.parse(text)).toMatchObject({ error: { type: 'provider_error' } });
    expect(chat.records).toMatchObject([{ failed: true }]);
  });
});
