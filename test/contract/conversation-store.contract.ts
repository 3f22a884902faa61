import { describe, expect, it } from 'vitest';
import type { Conversation, ConversationStore } from '#libs/conversation';
import type { Message, Scope } from '#libs/kernel';
import { aCaller, aCallerFor } from '../support/callers.js';
import { createConversation, say as sayAs } from '../support/conversations.js';
import { FakeClock } from '../support/fake-clock.js';
import { AWKWARD_TEXTS } from './awkward-texts.js';

/** What every ConversationStore does, on every adapter. `open` gives an empty store. */
export function conversationStoreContract(open: () => Promise<ConversationStore>): void {
  const caller = aCaller();
  const anEmptyStore = async () => {
    const clock = new FakeClock();
    const store = await open();
    const create = (id: string, scope?: Scope, overrides?: Partial<Conversation>) =>
      createConversation(store, caller, clock, id, scope, overrides);
    const say = async (id: string, ...texts: string[]) =>
      (await sayAs(store, caller, clock, id, texts)).firstIndex;
    const ids = async (scope: Scope, by = caller) =>
      (await store.list(by, scope, { limit: 50 })).data.map(({ id }) => id);
    return { clock, store, create, say, ids };
  };

  describe('a conversation', () => {
    it('comes back with all that was said of it', async () => {
      const { store, create } = await anEmptyStore();
      const scope = { userId: 'ann', sessionId: 's', agentId: 'a', turnId: 't' };
      const created = await create('conv_1', scope, {
        model: 'gpt-4o',
        metadata: { tag: 'x\u0000', deep: [{}] },
      });
      expect(await store.find(caller, 'conv_1')).toEqual(created);
      expect(await store.find(caller, 'conv_2')).toBeNull();
    });

    it('counts its messages and tokens and notes the last append', async () => {
      const { store, create, say, clock } = await anEmptyStore();
      const created = await create('conv_1');
      clock.advanceSeconds(10);
      await say('conv_1', 'one', 'two');
      expect(await store.find(caller, 'conv_1')).toEqual({
        ...created,
        messageCount: 2,
        tokens: 10,
        updatedAt: clock.now(),
      });
    });

    it('is gone with its messages once removed', async () => {
      const { store, create, say, ids } = await anEmptyStore();
      await create('conv_1');
      await say('conv_1', 'one');
      expect(await store.remove(caller, 'conv_1')).toBe(true);
      expect(await store.remove(caller, 'conv_1')).toBe(false);
      expect(await ids({ userId: 'ann' })).toEqual([]);
      await expect(store.allMessages(caller, 'conv_1')).rejects.toMatchObject({ code: 'not_found' });
      await expect(say('conv_1', 'two')).rejects.toMatchObject({ code: 'not_found' });
      await create('conv_1');
      expect(await store.allMessages(caller, 'conv_1')).toEqual([]);
    });
  });

  describe('its messages', () => {
    const awkward = AWKWARD_TEXTS.map(([name, content]): [string, Message] => [
      name,
      { role: 'user', content },
    ]);
    it.each<[string, Message]>([
      ...awkward,
      ['no content', { role: 'assistant', content: null }],
      [
        'unknown fields',
        { role: 'x', zeta: 1, alpha: [{ b: null, a: 1e21 }], content: [{ type: 'odd', text: '' }] },
      ],
      ['a key like __proto__', JSON.parse('{"role":"user","__proto__":{"polluted":true}}') as Message],
    ])('come back exactly as sent: %s', async (_name, message) => {
      const { store, create, clock } = await anEmptyStore();
      await create('conv_1');
      await store.append(caller, 'conv_1', [{ message, tokens: 3 }], clock.now());
      const [stored] = await store.allMessages(caller, 'conv_1');
      expect(JSON.stringify(stored?.message)).toBe(JSON.stringify(message));
      expect(stored).toMatchObject({ index: 0, tokens: 3, createdAt: clock.now() });
    });

    it('are read oldest first, page by page, while more arrive', async () => {
      const { store, create, say } = await anEmptyStore();
      await create('conv_1');
      expect(await say('conv_1', '0', '1', '2')).toBe(0);
      const first = await store.messages(caller, 'conv_1', { limit: 2 });
      expect(first.data.map(({ index }) => index)).toEqual([0, 1]);
      expect(await say('conv_1', '3')).toBe(3);
      const second = await store.messages(caller, 'conv_1', { limit: 2, cursor: first.nextCursor! });
      expect(second.data.map(({ message }) => message.content)).toEqual(['2', '3']);
      expect(second.nextCursor).toBeNull();
      expect(await say('conv_1')).toBe(4);
    });

    it('keep the order of one big append', async () => {
      const { store, create, say } = await anEmptyStore();
      await create('conv_1');
      const texts = Array.from({ length: 1_203 }, (_, i) => `message ${i}`);
      await say('conv_1', ...texts);
      const all = await store.allMessages(caller, 'conv_1');
      expect(all.map(({ message }) => message.content)).toEqual(texts);
      expect(all.at(-1)?.index).toBe(1_202);
    });

    it('get consecutive, gapless positions from concurrent writers, batch by batch', async () => {
      const { store, create, say } = await anEmptyStore();
      await create('conv_1');
      const writers = Array.from({ length: 50 }, (_, i) => [`${i}a`, `${i}b`, `${i}c`] as const);
      const firsts = await Promise.all(writers.map((texts) => say('conv_1', ...texts)));
      const all = await store.allMessages(caller, 'conv_1');
      expect(all.map(({ index }) => index)).toEqual(Array.from({ length: 150 }, (_, i) => i));
      writers.forEach((texts, i) => {
        const block = all.slice(firsts[i], firsts[i]! + 3);
        expect(block.map(({ message }) => message.content)).toEqual([...texts]);
      });
    });

    it('keep the JSON that they were sent as', async () => {
      const { store, create, clock } = await anEmptyStore();
      await create('conv_1');
      const text =
        '{ "content":"\\u00e9\\ud800" , "role" : "user","n":-0.0,"2":1e400,"1":0,"n":12345678901234567890 }';
      const message = JSON.parse(text) as Message;
      await store.append(caller, 'conv_1', [{ message, text, tokens: 1 }], clock.now());
      expect((await store.allMessages(caller, 'conv_1'))[0]).toMatchObject({ text });
    });
  });

  describe('a list', () => {
    it('holds the subtree of a scope, newest first', async () => {
      const { create, ids, clock } = await anEmptyStore();
      const scopes: [string, Scope][] = [
        ['conv_1', { userId: 'ann' }],
        ['conv_2', { userId: 'ann', sessionId: 's' }],
        ['conv_3', { userId: 'ann', sessionId: 's', agentId: 'x' }],
        ['conv_4', { userId: 'ann', sessionId: 's2', agentId: 'x' }],
        ['conv_5', { userId: 'ann/b' }],
      ];
      for (const [id, scope] of scopes) {
        await create(id, scope);
        clock.advanceSeconds(1);
      }
      expect(await ids({ userId: 'ann' })).toEqual(['conv_4', 'conv_3', 'conv_2', 'conv_1']);
      expect(await ids({ userId: 'ann', sessionId: 's' })).toEqual(['conv_3', 'conv_2']);
      expect(await ids({ userId: 'ann', agentId: 'x' })).toEqual(['conv_4', 'conv_3']);
      expect(await ids({ userId: 'Ann' })).toEqual([]);
    });

    it('has a cursor that is stable under inserts, also within one millisecond', async () => {
      const { store, create } = await anEmptyStore();
      for (const id of ['conv_1', 'conv_2', 'conv_3']) await create(id);
      const first = await store.list(caller, { userId: 'ann' }, { limit: 2 });
      expect(first.data.map(({ id }) => id)).toEqual(['conv_3', 'conv_2']);
      await create('conv_4');
      const second = await store.list(caller, { userId: 'ann' }, { limit: 2, cursor: first.nextCursor! });
      expect(second.data.map(({ id }) => id)).toEqual(['conv_1']);
      expect(second.nextCursor).toBeNull();
    });
  });

  it.each(['%%', '', 'WyJ4Il0', 'WzEuNV0', 'WyJ4IiwieCJd', 'WzEsIlx1MDAwMCJd'])(
    'refuses a cursor that is none: %s',
    async (cursor) => {
      const { store, create } = await anEmptyStore();
      await create('conv_1');
      const fault = { code: 'validation_error' };
      await expect(store.list(caller, { userId: 'ann' }, { limit: 2, cursor })).rejects.toMatchObject(fault);
      await expect(store.messages(caller, 'conv_1', { limit: 2, cursor })).rejects.toMatchObject(fault);
    },
  );

  describe('isolation', () => {
    it.each([
      ['another tenant', aCaller({ tenantId: 'tenant-b' })],
      ['a key bound to other users', aCallerFor(['bob', 'an', 'ann ', 'ANN'])],
    ])('keeps %s out', async (_name, other) => {
      const { store, create, say, ids } = await anEmptyStore();
      await create('conv_1');
      await say('conv_1', 'secret');
      const page = { limit: 10 };
      expect(await store.find(other, 'conv_1')).toBeNull();
      expect(await ids({ userId: 'ann' }, other)).toEqual([]);
      await expect(store.allMessages(other, 'conv_1')).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.messages(other, 'conv_1', page)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.append(other, 'conv_1', [], new Date())).rejects.toMatchObject({
        code: 'not_found',
      });
      expect(await store.remove(other, 'conv_1')).toBe(false);
      expect(await store.allMessages(caller, 'conv_1')).toHaveLength(1);
    });

    it('lets a bound key create for its users alone', async () => {
      const { store, create } = await anEmptyStore();
      const conversation = await create('conv_1');
      const stolen = store.create(aCallerFor(['bob']), { ...conversation, id: 'conv_2' });
      await expect(stolen).rejects.toMatchObject({ code: 'forbidden' });
    });
  });
}
