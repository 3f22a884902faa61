import { describe, expect, it } from 'vitest';
import { aMemory, aView, words } from '../../support/memories.js';
import { AWKWARD_TEXTS } from '../awkward-texts.js';
import { LATER, type MemoryRoom } from './memory-room.js';

/** How memories come, change and go. */
export function writingMemories(room: MemoryRoom): void {
  describe('storing', () => {
    it('gives a memory back as it was stored', async () => {
      const given = aMemory(room.clock, {
        scope: { userId: 'anna', sessionId: 's', agentId: 'a', turnId: 't' },
        category: 'decision',
        importance: 0.25,
        subject: 'employer',
        entities: ['ACME', 'NUL\u0000'],
        metadata: { nested: { list: [1, 'two', null, true] }, 'a "key"': 1.5 },
        source: { conversationId: 'conv_1', messageIndex: 3, agent: 'planner' },
        expiresAt: LATER,
        reason: 'moved',
        promotedFrom: 'mem_x',
      });
      const outcome = await room.store.insert(room.caller, given, 'supersede');
      expect(outcome).toMatchObject({ status: 'created' });
      expect(await room.store.find(room.caller, given.memory.id)).toEqual(given.memory);
    });

    it.each(AWKWARD_TEXTS)('keeps %s exactly', async (_name, content) => {
      const { id } = await room.add({ content });
      expect((await room.store.find(room.caller, id))?.content).toBe(content);
    });

    it('takes the same content in the same scope as one memory and notes the sighting', async () => {
      const first = await room.add({ content: 'likes tea' });
      room.clock.advanceSeconds(5);
      const source = { agent: 'b' };
      const again = await room.store.insert(
        room.caller,
        aMemory(room.clock, { content: 'likes tea', source }),
        'supersede',
      );
      expect(again).toMatchObject({ status: 'duplicate', memory: { id: first.id, version: 2 } });
      expect(again.memory.alsoSeen).toEqual([{ at: room.clock.now(), source }]);
      expect(await room.idsSeen()).toEqual([first.id]);
    });

    it('takes the same content in another scope, or after it was superseded, as a new memory', async () => {
      const first = await room.add({ content: 'likes tea' });
      const inSession = await room.add({ content: 'likes tea', scope: { userId: 'anna', sessionId: 's' } });
      expect(inSession.id).not.toBe(first.id);
      await room.supersede(first.id, { content: 'likes coffee' });
      const again = await room.store.insert(
        room.caller,
        aMemory(room.clock, { content: 'likes tea' }),
        'supersede',
      );
      expect(again.status).toBe('created');
    });

    it('stores what is sound of a batch and names what is not', async () => {
      await room.add({ subject: 'employer', content: 'works at ACME' });
      const outcomes = await room.store.insertMany(room.caller, [
        { memory: aMemory(room.clock, { content: 'one' }), onSubject: 'supersede' },
        {
          memory: aMemory(room.clock, { content: 'works at Initech', subject: 'employer' }),
          onSubject: 'conflict',
        },
        { memory: aMemory(room.clock, { content: 'one' }), onSubject: 'supersede' },
      ]);
      expect(outcomes).toMatchObject([{ status: 'created' }, { code: 'conflict' }, { status: 'duplicate' }]);
    });
  });

  describe('storing at the same moment', () => {
    it('takes the same content as one memory, whoever else a batch is about', async () => {
      for (let round = 0; round < 10; round++) {
        const batch = (other: string) =>
          room.store.insertMany(
            room.caller,
            [other, 'anna'].map((userId) => ({
              memory: aMemory(room.clock, { content: `the same ${round}`, scope: { userId } }),
              onSubject: 'supersede' as const,
            })),
          );
        const outcomes = await Promise.all([batch('bert'), batch('carl'), batch('anna')]);
        const annas = outcomes.map((outcome) => outcome[1]);
        expect(
          annas.filter((one) => 'status' in one! && one.status === 'created').length,
        ).toBeLessThanOrEqual(1);
        expect(await room.idsSeen()).toHaveLength(round + 1);
      }
    });
  });

  describe('subjects', () => {
    it('lets a new memory on a subject supersede the current one of the same scope', async () => {
      const old = await room.add({ subject: 'employer' });
      room.clock.advanceSeconds(1);
      const outcome = await room.store.insert(
        room.caller,
        aMemory(room.clock, { subject: 'employer' }),
        'supersede',
      );
      expect(outcome).toMatchObject({ memory: { supersedes: old.id }, superseded: { id: old.id } });
      expect(await room.idsSeen()).toEqual([outcome.memory.id]);
    });

    it('leaves the subject of another scope alone', async () => {
      const old = await room.add({ subject: 'employer' });
      const narrow = await room.add({ subject: 'employer', scope: { userId: 'anna', agentId: 'a' } });
      expect(narrow.supersedes).toBeUndefined();
      expect((await room.store.find(room.caller, old.id))?.supersededBy).toBeUndefined();
    });

    it('lets both stand, or refuses and names the current one, when asked to', async () => {
      const old = await room.add({ subject: 'employer' });
      const other = await room.store.insert(
        room.caller,
        aMemory(room.clock, { subject: 'employer' }),
        'coexist',
      );
      expect(other.memory.supersedes).toBeUndefined();
      await expect(
        room.store.insert(room.caller, aMemory(room.clock, { subject: 'employer' }), 'conflict'),
      ).rejects.toMatchObject({
        code: 'conflict',
        details: { current_id: expect.stringMatching(new RegExp(`${old.id}|${other.memory.id}`)) as string },
      });
    });
  });

  describe('chains', () => {
    it('ends the old memory where the new one begins and links both', async () => {
      const old = await room.add({ content: 'lives in Rome' });
      room.clock.advanceSeconds(60);
      const { memory, superseded } = await room.supersede(old.id, {
        content: 'lives in Oslo',
        reason: 'moved',
      });
      expect(memory).toMatchObject({ supersedes: old.id, reason: 'moved' });
      expect(superseded).toMatchObject({
        id: old.id,
        supersededBy: memory.id,
        validUntil: room.clock.now(),
        version: 2,
      });
      expect(await room.idsSeen()).toEqual([memory.id]);
      expect(await room.idsSeen({ includeSuperseded: true })).toEqual([memory.id, old.id]);
    });

    it('never forks: the second attempt learns the current id', async () => {
      const old = await room.add();
      const { memory } = await room.supersede(old.id);
      const { memory: newest } = await room.supersede(memory.id);
      await expect(room.supersede(old.id)).rejects.toMatchObject({
        code: 'conflict',
        details: { current_id: newest.id },
      });
    });

    it('lets one of two concurrent attempts win', async () => {
      const old = await room.add();
      const attempts = await Promise.allSettled([
        room.supersede(old.id),
        room.supersede(old.id),
        room.supersede(old.id),
      ]);
      expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = attempts.filter((attempt) => attempt.status === 'rejected');
      expect(refused.map(({ reason }) => reason as unknown)).toMatchObject([
        { code: 'conflict' },
        { code: 'conflict' },
      ]);
      expect(await room.store.chain(room.caller, old.id)).toHaveLength(2);
    });

    it('takes a backdated successor, but none from before the old one', async () => {
      room.clock.advanceSeconds(1000);
      const old = await room.add();
      const begin = old.validFrom;
      room.clock.advanceSeconds(1000);
      const before = new Date(begin.getTime() - 1);
      await expect(room.supersede(old.id, { validFrom: before })).rejects.toMatchObject({
        code: 'validation_error',
      });
      const middle = new Date(begin.getTime() + 500);
      const { superseded } = await room.supersede(old.id, { validFrom: middle });
      expect(superseded.validUntil).toEqual(middle);
    });

    it('lets what was to begin with its recording begin in its turn, if it was given its time before that', async () => {
      const before = room.clock.now();
      room.clock.advanceSeconds(2);
      const begin = room.clock.now();
      const late = { validFrom: before, createdAt: before, updatedAt: before };
      const old = await room.add();
      const { memory, superseded } = await room.supersede(old.id, late);
      expect(memory).toMatchObject({ validFrom: begin, createdAt: begin, updatedAt: begin });
      expect(superseded).toMatchObject({ validUntil: begin, supersededAt: begin });
      const first = await room.add({ subject: 'status', content: 'at work' });
      const second = await room.add({ subject: 'status', content: 'at lunch', ...late });
      expect(second).toMatchObject({ supersedes: first.id, validFrom: begin, createdAt: begin });
      expect(await room.store.find(room.caller, second.id)).toEqual(second);
    });

    it('refuses one that begins with its recording and whose predecessor is to begin later, or much later', async () => {
      const planned = await room.add({ validFrom: new Date(room.clock.now().getTime() + 5_000) });
      await expect(room.supersede(planned.id)).rejects.toMatchObject({ code: 'validation_error' });
      const before = room.clock.now();
      room.clock.advanceSeconds(3_600);
      const old = await room.add();
      const late = { validFrom: before, createdAt: before, updatedAt: before };
      await expect(room.supersede(old.id, late)).rejects.toMatchObject({ code: 'validation_error' });
    });

    it('returns the whole chain from any member, oldest first', async () => {
      const first = await room.add();
      room.clock.advanceSeconds(1);
      const { memory: second } = await room.supersede(first.id);
      room.clock.advanceSeconds(1);
      const { memory: third } = await room.supersede(second.id);
      for (const id of [first.id, second.id, third.id]) {
        expect((await room.store.chain(room.caller, id)).map((memory) => memory.id)).toEqual([
          first.id,
          second.id,
          third.id,
        ]);
      }
      expect(await room.store.chain(room.caller, 'mem_unknown')).toEqual([]);
    });

    it('refuses to supersede what is unknown, erased, or changed since', async () => {
      await expect(room.supersede('mem_unknown')).rejects.toMatchObject({ code: 'not_found' });
      const erased = await room.add();
      await room.store.remove(room.caller, erased.id, room.clock.now());
      await expect(room.supersede(erased.id)).rejects.toMatchObject({ code: 'not_found' });
      const { id } = await room.add();
      await expect(room.supersede(id, {}, 7)).rejects.toMatchObject({ code: 'precondition_failed' });
      await expect(room.supersede(id, {}, 1)).resolves.toBeDefined();
    });
  });

  describe('changing', () => {
    it('changes the given fields alone and counts the write', async () => {
      const { id } = await room.add({ importance: 0.1, metadata: { a: 1 }, expiresAt: LATER });
      room.clock.advanceSeconds(1);
      const patched = await room.store.patch(
        room.caller,
        id,
        { importance: 0.9, expiresAt: null },
        room.clock.now(),
        1,
      );
      expect(patched).toMatchObject({
        importance: 0.9,
        metadata: { a: 1 },
        version: 2,
        updatedAt: room.clock.now(),
      });
      expect(patched.expiresAt).toBeUndefined();
      expect(await room.store.find(room.caller, id)).toEqual(patched);
      await expect(room.store.patch(room.caller, id, {}, room.clock.now(), 1)).rejects.toMatchObject({
        code: 'precondition_failed',
      });
    });

    it('counts reads', async () => {
      const { id } = await room.add();
      const reads = new Map([
        [id, 2],
        ['mem_unknown', 1],
      ]);
      await room.store.recordAccess(room.caller, reads, room.clock.now());
      await room.store.recordAccess(room.caller, new Map([[id, 1]]), room.clock.now());
      expect(await room.store.find(room.caller, id)).toMatchObject({
        accessCount: 3,
        lastAccessedAt: room.clock.now(),
        version: 1,
      });
    });
  });

  describe('erasing', () => {
    it('leaves a tombstone in the chain and nothing of the content', async () => {
      const old = await room.add({ content: 'lives in Rome' });
      const { memory } = await room.supersede(old.id, { content: 'lives in Oslo', subject: 'home' });
      expect(await room.store.remove(room.caller, memory.id, room.clock.now())).toBe(true);
      expect(await room.store.remove(room.caller, memory.id, room.clock.now())).toBe(false);
      expect(await room.store.find(room.caller, memory.id)).toBeNull();
      expect(await room.idsSeen()).toEqual([]);
      const [first, second] = await room.store.chain(room.caller, old.id);
      expect(first).toMatchObject({ id: old.id, content: 'lives in Rome' });
      expect(second).toMatchObject({ id: memory.id, content: '', deletedAt: room.clock.now() });
      expect(JSON.stringify(second)).not.toMatch(/oslo|home/i);
      expect(
        room.idsOf(await room.store.keywordHits(room.caller, aView(room.clock), words(['oslo']), 10)),
      ).toEqual([]);
    });

    it('never counts on a memory that is erased at the same moment', async () => {
      for (let round = 0; round < 10; round++) {
        const { id } = await room.add({ content: 'likes tea', subject: 'tea' });
        const store = () =>
          room.store.insert(room.caller, aMemory(room.clock, { content: 'likes tea' }), 'supersede');
        const [, ...outcomes] = await Promise.all([
          room.store.remove(room.caller, id, room.clock.now()),
          store(),
          store(),
        ]);
        for (const { memory } of outcomes) {
          expect([memory.content, memory.deletedAt]).toEqual(['likes tea', undefined]);
        }
        for (const left of await room.idsSeen()) await room.store.remove(room.caller, left, room.clock.now());
      }
    });

    it('refuses when the memory was changed since', async () => {
      const { id } = await room.add();
      await expect(room.store.remove(room.caller, id, room.clock.now(), 2)).rejects.toMatchObject({
        code: 'precondition_failed',
      });
    });

    it('erases a subtree with its history and spares the rest', async () => {
      const kept = await room.add();
      const inSession = await room.add({ scope: { userId: 'anna', sessionId: 's' } });
      await room.add({ scope: { userId: 'anna', sessionId: 's', agentId: 'a' } });
      await room.supersede(inSession.id, { scope: { userId: 'anna', sessionId: 's' } });
      expect(await room.store.removeScope(room.caller, { userId: 'anna', sessionId: 's' })).toBe(3);
      expect(await room.store.chain(room.caller, inSession.id)).toEqual([]);
      expect(await room.idsSeen({ mode: 'subtree', includeSuperseded: true })).toEqual([kept.id]);
    });

    it('sweeps what has expired and turns that are a day old', async () => {
      const kept = await room.add();
      const mortal = await room.add({ expiresAt: new Date(room.clock.now().getTime() + 1000) });
      const ofTurn = await room.add({ scope: { userId: 'anna', turnId: 't' } });
      room.clock.advanceSeconds(2);
      expect(await room.store.sweep(room.clock.now())).toBeGreaterThanOrEqual(1);
      expect(await room.idsSeen({ mode: 'subtree' })).toContain(ofTurn.id);
      room.clock.advanceSeconds(24 * 60 * 60);
      expect(await room.store.sweep(room.clock.now())).toBeGreaterThanOrEqual(1);
      expect(await room.store.find(room.caller, mortal.id)).toBeNull();
      expect(await room.store.find(room.caller, ofTurn.id)).toBeNull();
      expect(await room.idsSeen({ mode: 'subtree' })).toEqual([kept.id]);
    });
  });
}
