import { describe, expect, it } from 'vitest';
import { type ConversationStore, type FrozenPrefixStore, NOTHING_GIVEN } from '#libs/conversation';
import { aCaller, aCallerFor } from '../support/callers.js';
import { createConversation } from '../support/conversations.js';
import { FakeClock } from '../support/fake-clock.js';

export interface PrefixStores {
  readonly conversations: ConversationStore;
  readonly prefixes: FrozenPrefixStore;
}

/** What every FrozenPrefixStore does, on every adapter. `open` gives empty stores. */
export function frozenPrefixStoreContract(open: () => Promise<PrefixStores>): void {
  const caller = aCaller();
  const address = { conversationId: 'conv_1', lineage: 'gpt-4o' };
  const first = {
    revision: 0,
    given: new Map([
      [0, null],
      [1, '{"role":"tool","n":1.0}'],
    ]),
    fitting: 'a budget',
    dropped: [] as number[],
  };
  const aConversation = async () => {
    const { conversations, prefixes } = await open();
    const clock = new FakeClock();
    await createConversation(conversations, caller, clock, 'conv_1');
    return { conversations, prefixes, clock };
  };

  describe('the prefix of a conversation', () => {
    it('is nothing at first, and then what was given', async () => {
      const { prefixes } = await aConversation();
      expect(await prefixes.find(caller, address)).toEqual(NOTHING_GIVEN);
      expect(await prefixes.save(caller, address, first)).toBe(true);
      expect(await prefixes.find(caller, address)).toEqual({ ...first, revision: 1 });
    });

    it('grows; what was given once stays', async () => {
      const { prefixes } = await aConversation();
      await prefixes.save(caller, address, first);
      const given = new Map([
        [1, 'otherwise'],
        [2, '{}'],
      ]);
      const next = { revision: 1, given, fitting: 'another', dropped: [0] };
      expect(await prefixes.save(caller, address, next)).toBe(true);
      expect(await prefixes.find(caller, address)).toEqual({
        revision: 2,
        given: new Map([...first.given, [2, '{}']]),
        fitting: 'another',
        dropped: [0],
      });
    });

    it('holds as many messages as there are', async () => {
      const { prefixes } = await aConversation();
      const given = new Map(Array.from({ length: 1_203 }, (_, i) => [i, i % 2 === 0 ? null : `{"i":${i}}`]));
      await prefixes.save(caller, address, { ...first, given });
      expect((await prefixes.find(caller, address)).given).toEqual(given);
    });

    it('is changed by one of those that know the same', async () => {
      const { prefixes } = await aConversation();
      for (const revision of [0, 1]) {
        const given = new Map([[revision, '{}']]);
        const saved = await Promise.all(
          Array.from({ length: 8 }, () => prefixes.save(caller, address, { ...first, given, revision })),
        );
        expect(saved.filter(Boolean)).toHaveLength(1);
      }
      expect(await prefixes.find(caller, address)).toMatchObject({ revision: 2 });
    });

    it('is another one for another lineage', async () => {
      const { prefixes } = await aConversation();
      await prefixes.save(caller, address, first);
      expect(await prefixes.find(caller, { ...address, lineage: 'claude' })).toEqual(NOTHING_GIVEN);
    });

    it('begins anew after a reset, for every lineage', async () => {
      const { prefixes } = await aConversation();
      const other = { ...address, lineage: 'claude' };
      for (const each of [address, other]) await prefixes.save(caller, each, first);
      await prefixes.reset(caller, 'conv_1');
      for (const each of [address, other]) expect(await prefixes.find(caller, each)).toEqual(NOTHING_GIVEN);
      expect(await prefixes.save(caller, address, { ...first, revision: 1 })).toBe(false);
      expect(await prefixes.save(caller, address, first)).toBe(true);
    });

    it('goes along into a copy, as far as that reaches', async () => {
      const { conversations, prefixes, clock } = await aConversation();
      await prefixes.save(caller, address, { ...first, dropped: [0, 1] });
      await createConversation(conversations, caller, clock, 'conv_2');
      await prefixes.copy(caller, 'conv_1', 'conv_2', 1);
      expect(await prefixes.find(caller, { ...address, conversationId: 'conv_2' })).toEqual({
        revision: 1,
        given: new Map([[0, null]]),
        fitting: 'a budget',
        dropped: [0],
      });
      expect(await prefixes.find(caller, address)).toMatchObject({ dropped: [0, 1] });
    });

    it('goes with its conversation', async () => {
      const { conversations, prefixes } = await aConversation();
      await prefixes.save(caller, address, first);
      await conversations.remove(caller, 'conv_1');
      expect(await prefixes.find(caller, address)).toEqual(NOTHING_GIVEN);
      expect(await prefixes.save(caller, address, first)).toBe(false);
    });

    it.each([
      ['another tenant', aCaller({ tenantId: 'tenant-b' })],
      ['a key bound to other users', aCallerFor(['bob'])],
    ])('is out of reach for %s', async (_name, other) => {
      const { conversations, prefixes, clock } = await aConversation();
      await prefixes.save(caller, address, first);
      await createConversation(conversations, other, clock, 'conv_2', { userId: 'bob' });
      expect(await prefixes.find(other, address)).toEqual(NOTHING_GIVEN);
      expect(await prefixes.save(other, address, { ...first, revision: 1 })).toBe(false);
      await prefixes.reset(other, 'conv_1');
      await prefixes.copy(other, 'conv_1', 'conv_2', 2);
      const copied = await prefixes.find(other, { ...address, conversationId: 'conv_2' });
      expect(copied).toEqual(NOTHING_GIVEN);
      expect(await prefixes.find(caller, address)).toEqual({ ...first, revision: 1 });
    });
  });
}
