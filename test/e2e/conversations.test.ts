import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anApp, type AnApp } from '../support/an-app.js';

let app: AnApp;
beforeAll(async () => {
  app = await anApp();
});
afterAll(() => app.close());

async function aConversation(messages: readonly object[] = []): Promise<string> {
  const { body } = await app.send('POST', '/v1/conversations', { user_id: 'ann', model: 'gpt-4o' });
  const id = String(body['id']);
  if (messages.length > 0) await app.send('POST', `/v1/conversations/${id}/messages`, { messages });
  return id;
}

const long = Array.from({ length: 20 }, (_, i) => ({
  content: `Turn ${i}: ${'words that were said '.repeat(15)}`,
  role: i % 2 === 0 ? 'user' : 'assistant',
  x_unknown: { kept: [i] },
}));

describe('conversations over HTTP', () => {
  it('are created, read, listed and deleted', async () => {
    const made = await app.send('POST', '/v1/conversations', { user_id: 'bob', metadata: { topic: 'tea' } });
    expect(made.status).toBe(201);
    const id = String(made.body['id']);
    expect((await app.send('GET', `/v1/conversations/${id}`)).body).toEqual(made.body);
    expect((await app.send('GET', '/v1/conversations?user_id=bob')).body).toMatchObject({
      data: [{ id, metadata: { topic: 'tea' } }],
      next_cursor: null,
    });
    expect((await app.send('DELETE', `/v1/conversations/${id}`)).status).toBe(204);
    expect((await app.send('GET', `/v1/conversations/${id}/messages`)).status).toBe(404);
  });

  it('keep messages as they were sent, field order and unknown fields included', async () => {
    const id = await aConversation();
    const messages = [
      { content: 'Look', role: 'user', name: 'ann' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: { q: 1 } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'seen' }] },
    ];
    const appended = await app.send('POST', `/v1/conversations/${id}/messages`, { messages });
    expect(appended.status).toBe(201);
    expect(appended.body).toMatchObject({ appended: 3, first_index: 0, last_index: 2 });
    const read = await app.send('GET', `/v1/conversations/${id}/messages?limit=2`);
    expect(read.body).toMatchObject({ data: [{ index: 0 }, { index: 1 }] });
    expect(read.text).toContain(JSON.stringify(messages[0]));
    const cursor = encodeURIComponent(String(read.body['next_cursor']));
    const rest = await app.send('GET', `/v1/conversations/${id}/messages?cursor=${cursor}`);
    expect(rest.body).toMatchObject({ data: [{ index: 2, message: messages[2] }], next_cursor: null });
  });

  it('keep number literals, and give them back when a message was dropped', async () => {
    const { body } = await app.send('POST', '/v1/conversations', { user_id: 'exact' });
    const path = `/v1/conversations/${String(body['id'])}`;
    const first =
      '{"role":"user","content":"first","n":1.0,"big":12345678901234567890,"__proto__":{"x":1e21}}';
    const others = Array.from(
      { length: 8 },
      (_, i) => `{"role":"user","content":"${'word '.repeat(50)}${i}"}`,
    );
    const sent = `{"messages":[${[first, ...others].join(', ')}]}`;
    expect((await app.send('POST', `${path}/messages`, sent)).status).toBe(201);
    expect((await app.send('GET', `${path}/messages`)).text).toContain(`"message":${first},`);

    const budget = { token_budget: 300, strategy: 'rolling_window' };
    const stored = await app.send('POST', `${path}/context`, budget);
    const stateless = await app.send(
      'POST',
      '/v1/context',
      `${sent.slice(0, -1)},${JSON.stringify(budget).slice(1)}`,
    );
    for (const { body: context } of [stored, stateless]) {
      const [dropped] = context['dropped'] as { index: number; hash: string }[];
      expect(dropped?.index).toBe(0);
      const original = await app.send('GET', `/v1/retrieve/${dropped?.hash ?? ''}`);
      expect(original.body['original_content']).toBe(first);
    }
  });

  it('refuse messages without a shape, all or none', async () => {
    const id = await aConversation();
    const messages = [
      { role: 'user', content: 'fine' },
      { content: 5 },
      'text',
      { role: 'user', content: [7] },
    ];
    const refused = await app.send('POST', `/v1/conversations/${id}/messages`, { messages });
    expect(refused.status).toBe(400);
    for (const path of ['messages[1].role', 'messages[1].content', 'messages[2]', 'messages[3].content[0]']) {
      expect(refused.body['detail']).toContain(path);
    }
    expect((await app.send('GET', `/v1/conversations/${id}/messages`)).body).toMatchObject({ data: [] });
  });
});

describe('contexts over HTTP', () => {
  it('keep an exact budget; each dropped message comes back as it was sent', async () => {
    const id = await aConversation(long);
    const built = await app.send('POST', `/v1/conversations/${id}/context`, { token_budget: 600 });
    expect(built.status).toBe(200);
    expect(built.body['tokens_after']).toBeLessThanOrEqual(600);
    const dropped = built.body['dropped'] as { index: number; hash: string }[];
    const kept = built.body['kept'] as number[];
    expect([...kept, ...dropped.map(({ index }) => index)].sort((a, b) => a - b)).toEqual(
      long.map((_, i) => i),
    );
    for (const { index, hash } of dropped) {
      const { body } = await app.send('POST', '/v1/retrieve', { hash });
      expect(body['original_content']).toBe(JSON.stringify(long[index]));
    }
  });

  it('are the same for stored and for sent messages', async () => {
    const id = await aConversation(long);
    const stored = await app.send('POST', `/v1/conversations/${id}/context`, { token_budget: 600 });
    const sent = await app.send('POST', '/v1/context', {
      messages: long,
      model: 'gpt-4o',
      token_budget: 600,
    });
    expect(sent.body).toEqual(stored.body);
  });

  it('are refused when the protected part alone exceeds the budget', async () => {
    const refused = await app.send('POST', '/v1/context', { messages: long, token_budget: 10 });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ error: { type: 'context_over_budget', details: { budget: 10 } } });
  });

  it('recall memories of a user that they must be told', async () => {
    await app.send('POST', '/v1/memories', { user_id: 'ann', content: 'Ann drinks jasmine tea' });
    const messages = [{ role: 'user', content: 'Which tea does Ann drink?' }];
    const nobody = await app.send('POST', '/v1/context', { messages, memories: true });
    expect(nobody.status).toBe(400);
    expect(nobody.body['detail']).toContain('user_id');
    const built = await app.send('POST', '/v1/context', { messages, memories: true, user_id: 'ann' });
    expect(JSON.stringify(built.body['messages'])).toContain('jasmine');
    const id = await aConversation(messages);
    const stored = await app.send('POST', `/v1/conversations/${id}/context`, { memories: true });
    expect(JSON.stringify(stored.body['messages'])).toContain('jasmine');
  });
});
