import { expect, it } from 'vitest';
import { aCaller } from '../support/callers.js';
import { describeOnDatabases, newTenant } from '../support/databases.js';
import { FakeClock } from '../support/fake-clock.js';
import { aMemory } from '../support/memories.js';
import { sqlStores } from '../support/sql-stores.js';

describeOnDatabases('a kept answer', (database) => {
  const aRoom = () => {
    const [clock, caller] = [new FakeClock(), aCaller({ tenantId: newTenant() })];
    const { memories, idempotency, hidden } = sqlStores(database(), clock);
    const remember = async (userId: string, sessionId?: string): Promise<string> => {
      const made = await memories.insert(caller, aMemory(clock, { scope: { userId, sessionId } }), 'coexist');
      return made.memory.id;
    };
    /** Keeps an answer that names these memories. */
    const answer = async (key: string, ids: readonly string[], userId?: string): Promise<void> => {
      const claim = await idempotency.begin(caller, key, 'hash');
      if (claim.outcome !== 'started') throw new Error('The key is taken.');
      const kept = {
        status: 201,
        headers: {},
        body: JSON.stringify(ids.map((id) => ({ id, text: '\ud800' }))),
      };
      await idempotency.complete(caller, key, claim.claimId, kept, userId);
    };
    const isKept = async (key: string): Promise<boolean> =>
      (await idempotency.begin(caller, key, 'hash')).outcome === 'replay';
    /** Keeps hidden calls whose result names a memory. */
    const hide = (address: string, id: string, userId: string): Promise<void> => {
      const result = JSON.stringify({ memory_id: id, content: '\u00e9' });
      return hidden.keep(
        caller,
        address,
        { earlier: [], beside: [{ after: 0, call: '{}', result }] },
        userId,
      );
    };
    const isHidden = async (address: string, userId: string): Promise<boolean> =>
      (await hidden.find(caller, [address], userId)).has(address);
    return { clock, caller, memories, remember, answer, isKept, hide, isHidden };
  };

  it('goes with a memory that it tells, whoever it names, and no other does', async () => {
    const { clock, caller, memories, remember, answer, isKept } = aRoom();
    const [gone, stays] = [await remember('ann'), await remember('ann')];
    await answer('of it', [gone], 'ann');
    await answer('of both', [stays, gone]);
    await answer('of the other', [stays], 'ann');
    await answer('of nobody', []);
    await memories.remove(caller, gone, clock.now());
    expect(await isKept('of it')).toBe(false);
    expect(await isKept('of both')).toBe(false);
    expect(await isKept('of the other')).toBe(true);
    expect(await isKept('of nobody')).toBe(true);
  });

  it('goes with a memory that has expired, at the next sweep', async () => {
    const { clock, caller, memories, remember, answer, isKept } = aRoom();
    const [gone, linked, stays] = [await remember('ann'), await remember('ann'), await remember('ann')];
    const { memory: odd } = await memories.insert(
      caller,
      aMemory(clock, { id: 'a "quoted" \\ id', scope: { userId: 'ann' } }),
      'coexist',
    );
    clock.advanceSeconds(1);
    const successor = aMemory(clock, { scope: { userId: 'ann' } });
    await memories.supersede(caller, linked, successor);
    await answer('of it', [gone], 'ann');
    await answer('of a link', [linked]);
    await answer('of an odd id', [odd.id], 'ann');
    await answer('of the other', [stays, successor.memory.id], 'ann');
    for (const id of [gone, linked, odd.id]) {
      await memories.patch(caller, id, { expiresAt: clock.now() }, clock.now());
    }
    clock.advanceSeconds(1);
    expect(await memories.sweep(clock.now())).toBeGreaterThanOrEqual(3);
    expect(await isKept('of it')).toBe(false);
    expect(await isKept('of a link')).toBe(false);
    expect(await isKept('of an odd id')).toBe(false);
    expect(await isKept('of the other')).toBe(true);
  });

  it('goes with the scope of a user, and those of other users stay', async () => {
    const { caller, memories, remember, answer, isKept } = aRoom();
    await answer('of ann', [await remember('ann', 's')], 'ann');
    await answer('of many', [await remember('ann', 's')]);
    await answer('of bob', [await remember('bob')], 'bob');
    expect(await memories.removeScope(caller, { userId: 'ann', sessionId: 's' })).toBe(2);
    expect(await isKept('of ann')).toBe(false);
    expect(await isKept('of many')).toBe(false);
    expect(await isKept('of bob')).toBe(true);
  });

  it('goes, with a memory or a scope, from the calls that a conversation hides', async () => {
    const { clock, caller, memories, remember, hide, isHidden } = aRoom();
    const [gone, stays] = [await remember('ann', 's'), await remember('ann', 's')];
    await hide('of it', gone, 'ann');
    await hide('of the other', stays, 'ann');
    await hide('of bob', await remember('bob'), 'bob');
    await memories.remove(caller, gone, clock.now());
    expect(await isHidden('of it', 'ann')).toBe(false);
    expect(await isHidden('of the other', 'ann')).toBe(true);
    await memories.removeScope(caller, { userId: 'ann', sessionId: 's' });
    expect(await isHidden('of the other', 'ann')).toBe(false);
    expect(await isHidden('of bob', 'bob')).toBe(true);
  });
});
