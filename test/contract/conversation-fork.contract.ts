import { describe, expect, it } from 'vitest';
import type { ConversationStore } from '#libs/conversation';
import { aCaller, aCallerFor } from '../support/callers.js';
import { createConversation, say } from '../support/conversations.js';
import { FakeClock } from '../support/fake-clock.js';

/** What every ConversationStore does with a fork. `open` gives an empty store. */
export function conversationForkContract(open: () => Promise<ConversationStore>): void {
  const caller = aCaller();
  const aConversation = async (...texts: readonly string[]) => {
    const clock = new FakeClock();
    const store = await open();
    const scope = { userId: 'ann', sessionId: 's', agentId: 'a' };
    const more = { model: 'gpt-4o', metadata: { topic: 'tea' } };
    const source = await createConversation(store, caller, clock, 'conv_1', scope, more);
    if (texts.length > 0) await say(store, caller, clock, 'conv_1', texts);
    clock.advanceSeconds(60);
    const fork = (id: string, atIndex?: number) =>
      store.fork(caller, source, { id, atIndex, at: clock.now() });
    const said = async (id: string) =>
      (await store.allMessages(caller, id)).map(({ message }) => message.content);
    return { clock, store, source, fork, said };
  };

  describe('a fork', () => {
    it('begins with the messages up to one, as they were sent and when', async () => {
      const { clock, store, source, fork } = await aConversation('one', 'two', 'three');
      const forked = await fork('conv_2', 1);
      expect(forked).toEqual({
        ...source,
        id: 'conv_2',
        messageCount: 2,
        tokens: 10,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        forkedFrom: { id: 'conv_1', index: 1 },
      });
      expect(await store.find(caller, 'conv_2')).toEqual(forked);
      const all = await store.allMessages(caller, 'conv_1');
      expect(await store.allMessages(caller, 'conv_2')).toEqual(all.slice(0, 2));
    });

    it('takes all there is along unless told otherwise', async () => {
      const { fork, said } = await aConversation('one', 'two');
      expect(await fork('conv_2')).toMatchObject({ messageCount: 2, forkedFrom: { index: 1 } });
      expect(await said('conv_2')).toEqual(['one', 'two']);
    });

    it('of nothing is empty', async () => {
      const { fork, said } = await aConversation();
      expect(await fork('conv_2')).toMatchObject({ messageCount: 0, forkedFrom: { index: null } });
      expect(await said('conv_2')).toEqual([]);
    });

    it('goes its own way', async () => {
      const { store, clock, fork, said } = await aConversation('one', 'two');
      await fork('conv_2', 0);
      await say(store, caller, clock, 'conv_1', ['three']);
      await say(store, caller, clock, 'conv_2', ['other']);
      expect(await said('conv_1')).toEqual(['one', 'two', 'three']);
      expect(await said('conv_2')).toEqual(['one', 'other']);
    });

    it('has its messages for itself when the other one is removed', async () => {
      const { store, fork, said } = await aConversation('one', 'two');
      await fork('conv_2');
      await store.remove(caller, 'conv_1');
      expect(await said('conv_2')).toEqual(['one', 'two']);
      expect(await store.find(caller, 'conv_2')).toMatchObject({ forkedFrom: { id: 'conv_1', index: 1 } });
    });

    it('can be forked again', async () => {
      const { store, fork, said, clock } = await aConversation('one', 'two');
      const forked = await fork('conv_2', 0);
      await store.fork(caller, forked, { id: 'conv_3', at: clock.now() });
      expect(await said('conv_3')).toEqual(['one']);
    });

    it('is refused beyond the end, and leaves nothing', async () => {
      const { store, fork } = await aConversation('one');
      await expect(fork('conv_2', 1)).rejects.toMatchObject({ code: 'validation_error' });
      expect(await store.find(caller, 'conv_2')).toBeNull();
    });

    it('is whole while others append', async () => {
      const { store, clock, fork, said } = await aConversation('one');
      const names = Array.from({ length: 10 }, (_, i) => `conv_fork_${i}`);
      await Promise.all([
        ...names.map((name) => fork(name)),
        ...names.map((name) => say(store, caller, clock, 'conv_1', [`${name} a`, `${name} b`])),
      ]);
      const whole = await said('conv_1');
      for (const name of names) {
        const { messageCount } = (await store.find(caller, name))!;
        expect(messageCount % 2, 'no half of an append').toBe(1);
        expect(await said(name)).toEqual(whole.slice(0, messageCount));
      }
    });

    it.each([
      ['another tenant', aCaller({ tenantId: 'tenant-b' })],
      ['a key bound to other users', aCallerFor(['bob'])],
    ])('cannot be made by %s', async (_name, other) => {
      const { store, source, clock } = await aConversation('secret');
      const stolen = store.fork(other, source, { id: 'conv_2', at: clock.now() });
      await expect(stolen).rejects.toMatchObject({ code: 'not_found' });
      expect(await store.find(caller, 'conv_2')).toBeNull();
    });
  });
}
