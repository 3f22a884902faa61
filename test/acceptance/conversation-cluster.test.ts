import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasClusterServices, startCluster, type Cluster } from '../support/cluster.js';
import { promptBytes, sharedPrefix } from '../support/context-prefix.js';

interface StoredOnTheWire {
  readonly index: number;
  readonly message: { readonly content: string };
}

describe.skipIf(!hasClusterServices)('a conversation on two servers', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.stop());

  async function aConversation(): Promise<string> {
    const made = await cluster.ask(0, '/v1/conversations', { user_id: 'ada', model: 'gpt-4o' });
    return `/v1/conversations/${made.body['id'] as string}`;
  }

  async function messagesOf(path: string): Promise<readonly StoredOnTheWire[]> {
    const all: StoredOnTheWire[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await cluster.ask(1, `${path}/messages?limit=200${query}`);
      all.push(...(body['data'] as StoredOnTheWire[]));
      cursor = body['next_cursor'] as string | null;
    }
    return all;
  }

  const batch = (name: string) => ({
    messages: ['first', 'second', 'third'].map((part) => ({ role: 'user', content: `${part} of ${name}` })),
  });

  test('has no gap and no mixed batch, however many append at once', async () => {
    const path = await aConversation();
    const appended = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        cluster.ask(i % 2 === 0 ? 0 : 1, `${path}/messages`, batch(String(i))),
      ),
    );
    const all = await messagesOf(path);
    expect(all.map(({ index }) => index)).toEqual(Array.from({ length: 150 }, (_, i) => i));
    for (const [i, { status, body }] of appended.entries()) {
      expect(status).toBe(201);
      const first = body['first_index'] as number;
      expect(all.slice(first, first + 3).map(({ message }) => message.content)).toEqual(
        batch(String(i)).messages.map(({ content }) => content),
      );
    }
  });

  test('takes an append once, however often it comes through both', async () => {
    const path = await aConversation();
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        cluster.ask(i % 2 === 0 ? 0 : 1, `${path}/messages`, batch('once'), 'POST', {
          'idempotency-key': 'once',
        }),
      ),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(await messagesOf(path)).toHaveLength(3);
  });

  test('is written by one of those who saw the same end of it', async () => {
    const path = await aConversation();
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        cluster.ask(i % 2 === 0 ? 0 : 1, `${path}/messages`, batch(String(i)), 'POST', { 'if-match': '"0"' }),
      ),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 412)).toHaveLength(9);
    expect(await messagesOf(path)).toHaveLength(3);
  });

  test('keeps the beginning of its contexts, whichever server builds them', async () => {
    const path = await aConversation();
    let before = '';
    for (let turn = 0; turn < 6; turn++) {
      const rows = Array.from({ length: 120 }, (_, id) => ({ id, host: `web-${turn}-${id}`, load: id % 7 }));
      await cluster.ask(0, `${path}/messages`, {
        messages: [
          { role: 'user', content: `How busy is web-${turn}-${turn * 11}?` },
          { role: 'tool', tool_call_id: `call_${turn}`, content: JSON.stringify(rows) },
        ],
      });
      const both = await Promise.all([
        cluster.ask(0, `${path}/context`, {}),
        cluster.ask(1, `${path}/context`, {}),
      ]);
      const [one = '', other = ''] = both.map(({ text }) => promptBytes(text));
      expect(one).toBe(other);
      expect(sharedPrefix(before, one)).toBe(Buffer.byteLength(before));
      before = one;
    }
  });
});
