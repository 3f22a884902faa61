import { describe, expect, it } from 'vitest';
import type { AppendTerms, ConversationStore } from '#libs/conversation';
import { textOf } from '#libs/kernel';
import { aCaller } from '../support/callers.js';
import { createConversation, say } from '../support/conversations.js';
import { FakeClock } from '../support/fake-clock.js';

const A_DAY_IN_SECONDS = 86_400;

/** What every ConversationStore does with what an append depends on. `open` gives an empty store. */
export function conversationAppendContract(open: () => Promise<ConversationStore>): void {
  const caller = aCaller({ keyId: 'key-1' });
  const aConversation = async () => {
    const clock = new FakeClock();
    const store = await open();
    await createConversation(store, caller, clock, 'conv_1');
    const append = (texts: readonly string[], terms?: AppendTerms, by = caller, id = 'conv_1') =>
      say(store, by, clock, id, texts, terms);
    const said = async () =>
      (await store.allMessages(caller, 'conv_1')).map(({ message }) => textOf(message));
    return { clock, store, append, said };
  };
  const keyed = (key: string, fingerprint = 'of the messages'): AppendTerms => ({
    key: { key, fingerprint },
  });

  describe('an append with a key', () => {
    it('is done once, and answered alike each time', async () => {
      const { append, said } = await aConversation();
      await append(['before']);
      const first = await append(['one', 'two'], keyed('k'));
      expect(first).toEqual({ appended: 2, firstIndex: 1, lastIndex: 2, tokens: 10, isRepeated: false });
      await append(['after']);
      expect(await append(['one', 'two'], keyed('k'))).toEqual({ ...first, isRepeated: true });
      expect(await said()).toEqual(['before', 'one', 'two', 'after']);
    });

    it('is done once, however many come at once', async () => {
      const { append, said } = await aConversation();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => append(['one'], keyed('k'))));
      expect(outcomes.filter(({ isRepeated }) => !isRepeated)).toHaveLength(1);
      expect(new Set(outcomes.map(({ firstIndex }) => firstIndex))).toEqual(new Set([0]));
      expect(await said()).toEqual(['one']);
    });

    it('is refused for other messages', async () => {
      const { append, said } = await aConversation();
      await append(['one'], keyed('k'));
      await expect(append(['two'], keyed('k', 'of others'))).rejects.toMatchObject({ code: 'conflict' });
      expect(await said()).toEqual(['one']);
    });

    it('is another one after a day', async () => {
      const { append, clock } = await aConversation();
      await append(['one'], keyed('k'));
      clock.advanceSeconds(A_DAY_IN_SECONDS - 1);
      expect(await append(['one'], keyed('k'))).toMatchObject({ isRepeated: true });
      clock.advanceSeconds(1);
      expect(await append(['two'], keyed('k', 'of others'))).toMatchObject({
        firstIndex: 1,
        isRepeated: false,
      });
      expect(await append(['two'], keyed('k', 'of others'))).toMatchObject({
        firstIndex: 1,
        isRepeated: true,
      });
    });

    it('is another one in another conversation, and by another API key', async () => {
      const { append, store, clock } = await aConversation();
      await createConversation(store, caller, clock, 'conv_2');
      await append(['one'], keyed('k'));
      expect(await append(['one'], keyed('k'), caller, 'conv_2')).toMatchObject({ isRepeated: false });
      const other = aCaller({ keyId: 'key-2' });
      expect(await append(['one'], keyed('k'), other)).toMatchObject({ firstIndex: 1, isRepeated: false });
    });
  });

  describe('an append that expects a number of messages', () => {
    it('is done where there are as many, and says how many there are where not', async () => {
      const { append, said } = await aConversation();
      await append(['one'], { expectedCount: 0 });
      await expect(append(['two'], { expectedCount: 0 })).rejects.toMatchObject({
        code: 'precondition_failed',
        details: { current_version: 1, next_index: 1 },
      });
      await append(['two'], { expectedCount: 1 });
      expect(await said()).toEqual(['one', 'two']);
    });

    it('is done by one of many that expect the same', async () => {
      const { append, said } = await aConversation();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => append([`writer ${i}`], { expectedCount: 0 })),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await said()).toHaveLength(1);
    });

    it('is answered like before when it comes again under its key', async () => {
      const { append } = await aConversation();
      const terms = { expectedCount: 0, ...keyed('k') };
      await append(['one'], terms);
      expect(await append(['one'], terms)).toMatchObject({ firstIndex: 0, isRepeated: true });
    });
  });
}
