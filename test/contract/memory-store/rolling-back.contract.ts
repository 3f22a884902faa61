import { beforeEach, describe, expect, it } from 'vitest';
import type { Scope } from '#libs/kernel';
import { isCurrent, type Memory, type Rollback, type RollbackChange } from '#libs/memory';
import { restoredLink } from '../../../libs/memory/src/rollback/plan-rollback.js';
import { aMemory, aView, words } from '../../support/memories.js';
import { LATER, type MemoryRoom } from './memory-room.js';

/** How a scope returns to what was current at an instant. */
export function rollingBackMemories(room: MemoryRoom): void {
  describe('rolling back', () => {
    let made = 0;
    let to = new Date();
    beforeEach(() => {
      to = room.clock.now();
    });

    const rollBack = (overrides: Partial<Rollback> = {}): Promise<readonly RollbackChange[]> => {
      const now = room.clock.now();
      const rollback = { scope: { userId: 'anna' }, to, now, ...overrides };
      return room.store.rollback(room.caller, rollback, (end, older) => {
        return aMemory(room.clock, restoredLink(end, older, now, `mem_back_${++made}`));
      });
    };
    const told = (changes: readonly RollbackChange[]) => changes.map(({ id, action }) => [action, id]);
    /** Later than `to`, whatever is recorded from now on. */
    const later = (): void => {
      to = room.clock.now();
      room.clock.advanceSeconds(10);
    };
    const currentContents = async (scope: Scope = { userId: 'anna' }): Promise<string[]> =>
      (await room.list({}, { scope, mode: 'subtree' })).data.map(({ content }) => content).sort();

    it('brings back as a new link what was superseded since, and finds it by its words', async () => {
      const old = await room.add({ content: 'lives in Rome', importance: 0.9, subject: 'home' });
      later();
      const { memory: newer } = await room.supersede(old.id, { content: 'lives in Oslo' });
      room.clock.advanceSeconds(10);
      const changes = await rollBack();
      expect(told(changes)).toEqual([['restore', old.id]]);
      expect(changes[0]).toMatchObject({ before: { id: newer.id }, after: { content: 'lives in Rome' } });
      const chain = await room.store.chain(room.caller, old.id);
      expect(chain.map(({ content }) => content)).toEqual([
        'lives in Rome',
        'lives in Oslo',
        'lives in Rome',
      ]);
      expect(chain[2]).toMatchObject({ supersedes: newer.id, importance: 0.9, subject: 'home', version: 1 });
      expect(chain[1]).toMatchObject({ supersededBy: chain[2]?.id, validUntil: room.clock.now() });
      const hits = await room.store.keywordHits(room.caller, aView(room.clock), words(['rome']), 5);
      expect(room.idsOf(hits)).toEqual([chain[2]?.id]);
      expect(await rollBack()).toEqual([]);
    });

    it('retires what was created since; its history stays', async () => {
      later();
      const fresh = await room.add({ content: 'likes tea', subject: 'drink' });
      room.clock.advanceSeconds(10);
      const between = room.clock.now();
      room.clock.advanceSeconds(10);
      expect(told(await rollBack())).toEqual([['retire', fresh.id]]);
      const retired = await room.store.find(room.caller, fresh.id);
      expect(retired).toMatchObject({ validUntil: room.clock.now(), supersededAt: room.clock.now() });
      expect(retired?.supersededBy).toBeUndefined();
      expect(await room.idsSeen()).toEqual([]);
      expect(await room.idsSeen({ includeSuperseded: true })).toEqual([fresh.id]);
      expect(await room.idsSeen({ asOf: between })).toEqual([fresh.id]);
      expect(await room.idsSeen({ asOf: between, knownAsOf: between })).toEqual([fresh.id]);
      expect(await room.store.stats(room.caller, { userId: 'anna' }, room.clock.now())).toMatchObject({
        total: 1,
        current: 0,
        superseded: 1,
      });
      const found = await room.store.keywordHits(room.caller, aView(room.clock), words(['tea']), 5);
      expect(found).toMatchObject({ hits: [], suppressed: { superseded: [{ id: fresh.id }] } });
      expect(await rollBack()).toEqual([]);
    });

    it('lets a retired memory block neither its subject nor its text', async () => {
      later();
      const retired = await room.add({ content: 'likes tea', subject: 'drink' });
      await rollBack();
      const again = await room.store.insert(
        room.caller,
        aMemory(room.clock, { content: 'likes tea', subject: 'drink' }),
        'conflict',
      );
      expect(again.status).toBe('created');
      expect(again.memory.supersedes).toBeUndefined();
      expect(await room.idsSeen()).toEqual([again.memory.id]);
      expect(again.memory.id).not.toBe(retired.id);
    });

    it('takes a successor for a retired memory, whose end stays as it was recorded', async () => {
      later();
      const { id } = await room.add();
      room.clock.advanceSeconds(10);
      await rollBack();
      const end = room.clock.now();
      room.clock.advanceSeconds(10);
      const tooEarly = room.supersede(id, { validFrom: new Date(end.getTime() - 1) });
      await expect(tooEarly).rejects.toMatchObject({ code: 'validation_error' });
      const { memory, superseded } = await room.supersede(id);
      expect(superseded).toMatchObject({ supersededBy: memory.id, validUntil: end, supersededAt: end });
      expect(await room.idsSeen()).toEqual([memory.id]);
      await expect(room.supersede(id)).rejects.toMatchObject({ details: { current_id: memory.id } });
    });

    it('goes forward again to what an earlier rollback took away', async () => {
      const old = await room.add({ content: 'one' });
      later();
      const start = to;
      const { memory: newer } = await room.supersede(old.id, { content: 'two' });
      const fresh = await room.add({ content: 'three' });
      later();
      await rollBack({ to: start });
      expect(await currentContents()).toEqual(['one']);
      room.clock.advanceSeconds(10);
      expect(told(await rollBack())).toEqual([
        ['restore', newer.id],
        ['restore', fresh.id],
      ]);
      expect(await currentContents()).toEqual(['three', 'two']);
    });

    it('never brings back what was erased, but what an erased memory had replaced', async () => {
      const old = await room.add({ content: 'one' });
      const gone = await room.add({ content: 'gone' });
      later();
      const { memory: newer } = await room.supersede(old.id, { content: 'two' });
      await room.store.remove(room.caller, newer.id, room.clock.now());
      await room.store.remove(room.caller, gone.id, room.clock.now());
      room.clock.advanceSeconds(10);
      const changes = await rollBack();
      expect(told(changes)).toEqual([['restore', old.id]]);
      expect(changes[0]?.before).toBeUndefined();
      expect(await currentContents()).toEqual(['one']);
      expect((await room.store.chain(room.caller, old.id)).map(({ content }) => content)).toEqual([
        'one',
        '',
        'one',
      ]);
      expect(await rollBack()).toEqual([]);
    });

    it('retires what replaced a memory that was erased since', async () => {
      const old = await room.add({ content: 'one' });
      later();
      const { memory: newer } = await room.supersede(old.id, { content: 'two' });
      await room.store.remove(room.caller, old.id, room.clock.now());
      expect(told(await rollBack())).toEqual([['retire', newer.id]]);
      expect(await currentContents()).toEqual([]);
    });

    it('leaves what has expired expired', async () => {
      const mortal = await room.add({
        content: 'm',
        expiresAt: new Date(room.clock.now().getTime() + 15_000),
      });
      const lasting = await room.add({ content: 'l', expiresAt: LATER });
      later();
      await room.supersede(mortal.id, { content: 'n' });
      await room.supersede(lasting.id, { content: 'k' });
      room.clock.advanceSeconds(10);
      expect(told(await rollBack())).toHaveLength(2);
      expect(await currentContents()).toEqual(['l']);
      const [back] = (await room.list()).data;
      expect(back?.expiresAt).toEqual(LATER);
    });

    it('reaches the scope and all below it, and nothing beside or above it', async () => {
      const scopes: Record<string, Scope> = {
        above: { userId: 'anna' },
        here: { userId: 'anna', sessionId: 's' },
        below: { userId: 'anna', sessionId: 's', agentId: 'a' },
        beside: { userId: 'anna', sessionId: 's2' },
        elsewhere: { userId: 'bert' },
      };
      later();
      for (const [content, scope] of Object.entries(scopes)) await room.add({ content, scope });
      expect(await rollBack({ scope: scopes['here']! })).toHaveLength(2);
      expect(await currentContents()).toEqual(['above', 'beside']);
      expect(await currentContents({ userId: 'bert' })).toEqual(['elsewhere']);
    });

    it('ends what was to begin later before it begins', async () => {
      const old = await room.add({ content: 'now' });
      later();
      const { memory: ahead } = await room.supersede(old.id, { content: 'ahead', validFrom: LATER });
      const fresh = await room.add({ content: 'fresh', validFrom: LATER });
      expect(told(await rollBack())).toEqual([
        ['restore', old.id],
        ['retire', fresh.id],
      ]);
      expect(await currentContents()).toEqual(['now']);
      const at = new Date(LATER.getTime() + 1);
      const then = (await room.list({}, { asOf: at })).data;
      expect(then.map(({ content }) => content)).toEqual(['now']);
      expect((await room.store.find(room.caller, ahead.id))?.validUntil).toEqual(LATER);
    });

    it('writes nothing in a dry run and tells what a run does', async () => {
      const old = await room.add({ content: 'one' });
      later();
      await room.supersede(old.id, { content: 'two' });
      await room.add({ content: 'three' });
      const before = await room.list({}, { includeSuperseded: true });
      const dry = await rollBack({ dryRun: true });
      expect(await room.list({}, { includeSuperseded: true })).toEqual(before);
      const real = await rollBack();
      const said = ({ id: _, supersedes: __, ...rest }: Memory) => rest;
      const comparable = (changes: readonly RollbackChange[]) =>
        changes.map(({ after, ...change }) => ({ ...change, after: after && said(after) }));
      expect(comparable(dry)).toEqual(comparable(real));
    });

    it('forks no chain while others write', async () => {
      const olds = await Promise.all([1, 2, 3, 4].map((i) => room.add({ content: `old ${i}` })));
      later();
      for (const { id, content } of olds) await room.supersede(id, { content: `new of ${content}` });
      const ends = (await room.list()).data;
      room.clock.advanceSeconds(10);
      await Promise.allSettled([
        rollBack(),
        ...ends.map(({ id }) => room.supersede(id, { content: `newest of ${id}` })),
        rollBack(),
        ...ends.map(({ id }) => room.store.remove(room.caller, id, room.clock.now())),
      ]);
      for (const { id } of olds) {
        const chain = await room.store.chain(room.caller, id);
        chain.forEach((link, i) => {
          expect(link.supersedes).toBe(chain[i - 1]?.id);
          expect(link.supersededBy).toBe(chain[i + 1]?.id);
        });
        expect(chain.filter((link) => isCurrent(link, room.clock.now())).length).toBeLessThanOrEqual(1);
      }
    });
  });
}
