import { describe, expect, it } from 'vitest';
import type { Conversation } from '#libs/conversation';
import { type Caller, Claim, IDEMPOTENCY_LEASE_SECONDS } from '#libs/kernel';
import { once } from '../../libs/adapters/src/database/idempotency/once.js';
import { aCaller } from '../support/callers.js';
import { describeOnDatabases, newTenant } from '../support/databases.js';
import { FakeClock } from '../support/fake-clock.js';
import { aMemory } from '../support/memories.js';
import { sqlStores } from '../support/sql-stores.js';

describeOnDatabases('what a request does under its idempotency key', (database) => {
  const aRoom = () => {
    const [clock, caller] = [new FakeClock(), aCaller({ tenantId: newTenant() })];
    const stores = sqlStores(database(), clock);
    /** The request begins, for the first time or again. */
    const begin = async (bodyHash = 'body'): Promise<Caller & { readonly claimId: string }> => {
      const begun = await stores.idempotency.begin(caller, 'key', bodyHash);
      if (begun.outcome !== 'started') throw new Error(begun.outcome);
      return { ...caller, claim: new Claim('key', bodyHash), claimId: begun.claimId };
    };
    return { clock, caller, ...stores, begin };
  };
  let conversationsMade = 0;
  const aConversation = (): Conversation => {
    const at = new Date('2026-01-01');
    const id = `conv_${++conversationsMade}`;
    return {
      id,
      scope: { userId: 'anna' },
      metadata: {},
      messageCount: 0,
      tokens: 0,
      createdAt: at,
      updatedAt: at,
    };
  };
  const text = (content: string) => ({ content });

  it('is done once, step by step, and goes on where it was cut off', async () => {
    const { clock, memories, begin } = aRoom();
    const first = await begin();
    const one = await memories.insert(first, aMemory(clock, text('one')), 'supersede');
    const again = await begin();
    expect(await memories.insert(again, aMemory(clock, text('one')), 'supersede')).toEqual(one);
    const two = await memories.insert(again, aMemory(clock, text('two')), 'supersede');
    // The one that was thought to be lost is still at it, and gets what was done meanwhile.
    expect(await memories.insert(first, aMemory(clock, text('two')), 'supersede')).toEqual(two);
    const stored = await memories.storedAfter(first, { userId: 'anna' }, 0, 10);
    expect(stored.memories.map(({ content }) => content)).toEqual(['one', 'two']);
  });

  it('is done once, however many do it at once', async () => {
    const { conversations, begin, caller } = aRoom();
    await begin();
    const made = await Promise.all(
      Array.from({ length: 8 }, () =>
        conversations.create({ ...caller, claim: new Claim('key', 'body') }, aConversation()),
      ),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    const { data } = await conversations.list(caller, { userId: 'anna' }, { limit: 10 });
    expect(data).toHaveLength(1);
  });

  it('says again of each of a batch what became of it', async () => {
    const { clock, caller, memories, begin } = aRoom();
    const taken = await memories.insert(caller, aMemory(clock, { subject: 'city' }), 'coexist');
    const items = [
      { memory: aMemory(clock, text('one')), onSubject: 'supersede' },
      { memory: aMemory(clock, { subject: 'city' }), onSubject: 'conflict' },
      { memory: aMemory(clock, text('one')), onSubject: 'supersede' },
      { memory: aMemory(clock, { subject: 'city' }), onSubject: 'supersede' },
    ] as const;
    const first = await memories.insertMany(await begin(), items);
    expect(first).toMatchObject([
      { status: 'created' },
      { code: 'conflict', details: { current_id: taken.memory.id } },
      { status: 'duplicate' },
      { status: 'created', superseded: { id: taken.memory.id } },
    ]);
    const again = await memories.insertMany(await begin(), items);
    // A memory is told as it is now.
    expect(again).toEqual([
      { status: 'created', memory: (first[2] as { memory: unknown }).memory },
      first[1],
      first[2],
      first[3],
    ]);
  });

  it('is undone with its step when it fails, and free to be done', async () => {
    const { clock, memories, begin } = aRoom();
    const memory = aMemory(clock);
    await expect(memories.supersede(await begin(), 'mem_unknown', memory)).rejects.toMatchObject({
      code: 'not_found',
    });
    clock.advanceSeconds(IDEMPOTENCY_LEASE_SECONDS);
    const made = await memories.insert(await begin(), memory, 'supersede');
    expect(made.status).toBe('created');
  });

  it('stays known when the answer fails, and is unknown to another request after a day', async () => {
    const { clock, memories, idempotency, begin } = aRoom();
    const first = await begin();
    const made = await memories.insert(first, aMemory(clock), 'supersede');
    await idempotency.abandon(first, 'key', first.claimId);
    clock.advanceSeconds(86_399);
    expect(await idempotency.sweep()).toBe(0);
    await expect(begin('another body')).rejects.toMatchObject({ code: 'conflict' });
    clock.advanceSeconds(1);
    const next = await begin();
    expect(await memories.insert(next, aMemory(clock), 'supersede')).not.toEqual(made);
  });

  it('is refused once the key stands for another request, and nothing is done', async () => {
    const { clock, caller, memories, begin } = aRoom();
    const slow = await begin();
    clock.advanceSeconds(IDEMPOTENCY_LEASE_SECONDS);
    await begin('another body');
    await expect(memories.insert(slow, aMemory(clock), 'supersede')).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await memories.storedAfter(caller, { userId: 'anna' }, 0, 10)).memories).toEqual([]);
  });

  describe('and has been erased since', () => {
    it('is not found, rather than done again', async () => {
      const { clock, caller, memories, begin } = aRoom();
      const made = await memories.insert(await begin(), aMemory(clock), 'supersede');
      await memories.remove(caller, made.memory.id, clock.now());
      await expect(memories.insert(await begin(), aMemory(clock), 'supersede')).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    it('goes with its user', async () => {
      const { clock, caller, memories, erasure, begin } = aRoom();
      await memories.insert(await begin(), aMemory(clock), 'supersede');
      await erasure.erase(caller, 'anna');
      expect((await begin('another body')).claim?.bodyHash).toBe('another body');
    });
  });

  it('runs without a key as it always did', async () => {
    const { caller } = aRoom();
    const repeatable = { noteOf: () => null, fromNote: () => Promise.resolve('again') };
    const run = () => once(database().unitOfWork, caller, () => Promise.resolve('done'), repeatable);
    expect([await run(), await run()]).toEqual(['done', 'done']);
  });
});
