import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MESSAGE_BYTES_MAX, MESSAGES_PER_APPEND_MAX } from '#libs/conversation';
import { anApp, type AnApp, type JsonReply } from '../support/an-app.js';

let app: AnApp;
beforeAll(async () => {
  app = await anApp();
});
afterAll(() => app.close());

async function aConversation(): Promise<string> {
  const { body } = await app.send('POST', '/v1/conversations', { user_id: 'ann', model: 'gpt-4o' });
  return `/v1/conversations/${String(body['id'])}`;
}

const said = (...texts: string[]) => ({ messages: texts.map((content) => ({ role: 'user', content })) });

const append = (path: string, body: unknown, headers?: Record<string, string>): Promise<JsonReply> =>
  app.send('POST', `${path}/messages`, body, headers);

async function countOf(path: string): Promise<unknown> {
  return (await app.send('GET', path)).body['message_count'];
}

describe('an append with an Idempotency-Key', () => {
  it('is done once; its answer comes again and says so', async () => {
    const path = await aConversation();
    const first = await append(path, said('one', 'two'), { 'idempotency-key': `k of ${path}` });
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    await append(path, said('three'));
    const again = await append(path, said('one', 'two'), { 'idempotency-key': `k of ${path}` });
    expect(again).toMatchObject({
      status: 201,
      text: first.text,
      headers: { 'idempotent-replayed': 'true' },
    });
    expect(again.headers['etag']).toBe(first.headers['etag']);
    expect(await countOf(path)).toBe(3);
  });

  it('is a conflict with other messages, and refused without a usable key', async () => {
    const path = await aConversation();
    await append(path, said('one'), { 'idempotency-key': `k of ${path}` });
    const other = await append(path, said('two'), { 'idempotency-key': `k of ${path}` });
    expect(other).toMatchObject({ status: 409, body: { error: { type: 'conflict' } } });
    for (const key of ['', 'x'.repeat(256)]) {
      expect((await append(path, said('two'), { 'idempotency-key': key })).status).toBe(400);
    }
    expect(await countOf(path)).toBe(1);
  });

  it('is done once, however many come at once', async () => {
    const path = await aConversation();
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => append(path, said('one', 'two'), { 'idempotency-key': `of ${path}` })),
    );
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await countOf(path)).toBe(2);
  });
});

describe('an append with If-Match', () => {
  it('goes on from what its client knows, and is refused when others have appended', async () => {
    const made = await app.send('POST', '/v1/conversations', { user_id: 'ann' });
    expect(made.headers['etag']).toBe('"0"');
    const path = `/v1/conversations/${String(made.body['id'])}`;
    const first = await append(path, said('one', 'two'), { 'if-match': '"0"' });
    expect(first).toMatchObject({ status: 201, headers: { etag: '"2"' } });
    expect((await app.send('GET', path)).headers['etag']).toBe('"2"');
    const stale = await append(path, said('three'), { 'if-match': '"0"' });
    expect(stale).toMatchObject({
      status: 412,
      body: { error: { type: 'precondition_failed', details: { current_version: 2, next_index: 2 } } },
    });
    expect((await append(path, said('three'), { 'if-match': '*' })).status).toBe(201);
    expect(await countOf(path)).toBe(3);
  });

  it('is refused for a tag that was never given out', async () => {
    const path = await aConversation();
    for (const tag of ['"x"', 'W/"0"', '0']) {
      expect((await append(path, said('one'), { 'if-match': tag })).status, tag).toBe(412);
    }
    expect(await countOf(path)).toBe(0);
  });
});

describe('what is too much', () => {
  it('is refused as a whole, by the path of what is too large', async () => {
    const path = await aConversation();
    const large = 'é'.repeat(MESSAGE_BYTES_MAX / 2);
    const refused = await append(path, said('fine', large));
    expect(refused).toMatchObject({
      status: 422,
      body: { error: { type: 'limit_exceeded', details: { errors: [{ path: 'messages[1]' }] } } },
    });
    expect(await countOf(path)).toBe(0);
  });

  it('is refused where it is too many', async () => {
    const path = await aConversation();
    const many = said(...Array.from({ length: MESSAGES_PER_APPEND_MAX + 1 }, () => ''));
    expect(await append(path, many)).toMatchObject({
      status: 422,
      body: { error: { type: 'limit_exceeded', details: { errors: [{ path: 'messages' }] } } },
    });
  });
});

describe('a fork', () => {
  it('goes on from a message of another conversation, which it does not need any more', async () => {
    const path = await aConversation();
    await append(path, said('one', 'two', 'three'));
    const made = await app.send('POST', `${path}/fork`, { at_index: 1 });
    const { id } = (await app.send('GET', path)).body;
    expect(made).toMatchObject({
      status: 201,
      headers: { etag: '"2"' },
      body: { user_id: 'ann', model: 'gpt-4o', message_count: 2, forked_from: { id, index: 1 } },
    });
    expect((await app.send('DELETE', path)).status).toBe(204);
    const fork = `/v1/conversations/${String(made.body['id'])}`;
    expect((await append(fork, said('other'), { 'if-match': '"2"' })).body).toMatchObject({ first_index: 2 });
    expect((await app.send('GET', `${fork}/messages`)).body).toMatchObject({
      data: [
        { message: { content: 'one' } },
        { message: { content: 'two' } },
        { message: { content: 'other' } },
      ],
    });
  });

  it('is made once under a key', async () => {
    const path = await aConversation();
    const fork = () => app.send('POST', `${path}/fork`, {}, { 'idempotency-key': `of ${path}` });
    expect((await fork()).body).toEqual((await fork()).body);
  });

  it('is refused for a message that is not there, and for fields that nobody knows', async () => {
    const path = await aConversation();
    for (const [body, fault] of [
      [{ at_index: 0 }, 'at_index'],
      [{ at_index: -1 }, 'at_index'],
      [{ at: 0 }, 'at'],
    ] as const) {
      expect(await app.send('POST', `${path}/fork`, body)).toMatchObject({
        status: 400,
        body: { error: { details: { errors: [{ path: fault }] } } },
      });
    }
  });
});

describe('pages of messages', () => {
  it('stay what they were while others append', async () => {
    const path = await aConversation();
    await append(path, said('0', '1', '2', '3'));
    const first = await app.send('GET', `${path}/messages?limit=2`);
    await append(path, said('4', '5'));
    const cursor = encodeURIComponent(String(first.body['next_cursor']));
    const second = await app.send('GET', `${path}/messages?limit=2&cursor=${cursor}`);
    expect(second.body).toMatchObject({ data: [{ index: 2 }, { index: 3 }] });
    const next = encodeURIComponent(String(second.body['next_cursor']));
    const third = await app.send('GET', `${path}/messages?limit=2&cursor=${next}`);
    expect(third.body).toMatchObject({ data: [{ index: 4 }, { index: 5 }], next_cursor: null });
  });
});
