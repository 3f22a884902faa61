import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scope } from '#libs/kernel';
import type { Memory } from '#libs/memory';
import { aCaller } from '../../support/callers.js';
import { newTenant } from '../../support/databases.js';
import { aMemory, aView, words } from '../../support/memories.js';
import { AWKWARD_TEXTS } from '../awkward-texts.js';
import { LATER, type MemoryRoom } from './memory-room.js';

const ANNA: Scope = { userId: 'anna' };

/** How memories leave a store whole and come into another. */
export function transferringMemories(room: MemoryRoom): void {
  const everything = async (scope: Scope = ANNA, pageSize = 1_000): Promise<Memory[]> => {
    const all: Memory[] = [];
    for (let position: number | null = 0; position !== null;) {
      const page = await room.store.storedAfter(room.caller, scope, position, pageSize);
      all.push(...page.memories);
      position = page.next;
    }
    return all;
  };
  const idsOf = (memories: readonly Memory[]): string[] => memories.map(({ id }) => id);
  const take = (...memories: readonly Memory[]) =>
    room.store.importMany(
      room.caller,
      memories.map((memory) => aMemory(room.clock, memory)),
    );
  const settle = (...memories: readonly Memory[]) =>
    room.store.settleImport(room.caller, 'anna', idsOf(memories));
  const memory = (overrides: Partial<Memory> = {}): Memory => aMemory(room.clock, overrides).memory;
  /** Links that readers see and that lead to nothing, or to what does not lead back. */
  const halfLinks = async (): Promise<string[]> => {
    const all = await everything();
    const byId = new Map(all.map((one) => [one.id, one]));
    return all
      .filter(({ id, supersedes, supersededBy }) => {
        const before = supersedes === undefined || byId.get(supersedes)?.supersededBy === id;
        return !before || (supersededBy !== undefined && byId.get(supersededBy)?.supersedes !== id);
      })
      .map(({ id }) => id);
  };
  /** Memories that supersede each other in order, as they stand when all is done. */
  const aChain = (...contents: readonly string[]): Memory[] => {
    const links = contents.map((content, i) => {
      const at = new Date(room.clock.now().getTime() + i * 1000);
      return memory({ content, validFrom: at, createdAt: at, updatedAt: at });
    });
    return links.map((link, i) => {
      const [before, after] = [links[i - 1], links[i + 1]];
      const ended = after && {
        supersededBy: after.id,
        validUntil: after.validFrom,
        supersededAt: after.createdAt,
      };
      return { ...link, ...(before && { supersedes: before.id }), ...ended };
    });
  };

  describe('giving out', () => {
    it('goes through all that a scope and what is below it hold, in stored order, page by page', async () => {
      const old = await room.add({ content: 'one' });
      const inSession = await room.add({ scope: { userId: 'anna', sessionId: 's', agentId: 'a' } });
      await room.add({ scope: { userId: 'bert' } });
      room.clock.advanceSeconds(-100);
      const { memory: newer } = await room.supersede(old.id, { content: 'two', validFrom: LATER });
      const gone = await room.add();
      await room.store.remove(room.caller, gone.id, room.clock.now());
      const ids = [old.id, inSession.id, newer.id, gone.id];
      for (const pageSize of [1, 2, 3, 4, 5]) expect(idsOf(await everything(ANNA, pageSize))).toEqual(ids);
      expect(idsOf(await everything({ userId: 'anna', sessionId: 's' }))).toEqual([inSession.id]);
      expect((await everything())[3]).toMatchObject({ content: '', deletedAt: room.clock.now() });
      const behind = await room.store.positionOf(room.caller, inSession.id);
      const rest = await room.store.storedAfter(room.caller, ANNA, behind ?? 0, 10);
      expect(idsOf(rest.memories)).toEqual([newer.id, gone.id]);
    });

    it('knows no position of what is unknown or out of reach', async () => {
      const { id } = await room.add();
      expect(await room.store.positionOf(room.caller, 'mem_unknown')).toBeNull();
      expect(await room.store.positionOf(room.boundTo('bert'), id)).toBeNull();
      expect(await room.store.positionOf(aCaller({ tenantId: newTenant() }), id)).toBeNull();
    });
  });

  describe('taking in', () => {
    it('keeps a memory as it is told, and finds it by its words', async () => {
      const told = memory({
        content: 'likes green tea',
        scope: { userId: 'anna', sessionId: 's', agentId: 'a' },
        category: 'decision',
        importance: 0.25,
        subject: 'drink',
        entities: ['ACME', 'NUL\u0000'],
        metadata: { nested: { list: [1, 'two', null, true] } },
        source: { conversationId: 'conv_1', messageIndex: 3 },
        alsoSeen: [{ at: LATER, source: { agent: 'b' } }, { at: LATER }],
        validFrom: new Date(1),
        createdAt: new Date(2),
        updatedAt: new Date(3),
        promotedFrom: 'mem_x',
        reason: 'moved',
        expiresAt: LATER,
        accessCount: 7,
        lastAccessedAt: new Date(4),
        version: 9,
      });
      expect(await take(told)).toEqual(['imported']);
      expect(await room.store.find(room.caller, told.id)).toEqual(told);
      const view = aView(room.clock, { scope: told.scope });
      expect(room.idsOf(await room.store.keywordHits(room.caller, view, words(['green']), 5))).toEqual([
        told.id,
      ]);
      const pending = await room.store.withoutEmbedding([], 10_000);
      expect(pending.map(({ id }) => id)).toContain(told.id);
      await room.store.remove(room.caller, told.id, room.clock.now());
      expect(room.idsOf(await room.store.keywordHits(room.caller, view, words(['green']), 5))).toEqual([]);
    });

    it.each(AWKWARD_TEXTS.filter(([, text]) => text !== ''))('keeps %s exactly', async (_name, content) => {
      const told = memory({ content });
      await take(told);
      expect((await room.store.find(room.caller, told.id))?.content).toBe(content);
    });

    it('skips what is there already, be it sent twice at once or again', async () => {
      const [one, two] = [memory(), memory()];
      expect(await take(one, two, one)).toEqual(['imported', 'imported', 'skipped']);
      expect(await take(two, one)).toEqual(['skipped', 'skipped']);
      await room.store.patch(room.caller, one.id, { importance: 1 }, room.clock.now());
      expect(await take(one)).toEqual(['skipped']);
      expect(await room.store.find(room.caller, one.id)).toMatchObject({ importance: 1 });
      expect(await everything()).toHaveLength(2);
    });

    it('refuses an id that stands for something else, whosever it is', async () => {
      const mine = await room.add({ content: 'one' });
      const theirs = await room.add({ content: 'two', scope: { userId: 'bert' } });
      const gone = await room.add({ content: 'three' });
      await room.store.remove(room.caller, gone.id, room.clock.now());
      expect(
        await take(
          memory({ id: mine.id, content: 'another' }),
          memory({ id: mine.id, content: 'one', scope: { userId: 'anna', sessionId: 's' } }),
          memory({ id: theirs.id, content: 'two' }),
          memory({ id: gone.id, content: 'three' }),
          memory({ content: 'sound' }),
        ),
      ).toEqual(['taken', 'taken', 'taken', 'erased', 'imported']);
      expect(await room.store.find(room.caller, theirs.id)).toEqual(theirs);
      expect(await room.store.find(room.caller, gone.id)).toBeNull();
    });

    it("takes another tenant's id as one of its own", async () => {
      const told = memory({ content: 'ours' });
      const other = aCaller({ tenantId: newTenant() });
      const theirs = aMemory(room.clock, { ...told, content: 'theirs' });
      expect(await room.store.importMany(other, [theirs])).toEqual(['imported']);
      expect(await take(told)).toEqual(['imported']);
      expect((await room.store.find(room.caller, told.id))?.content).toBe('ours');
      expect((await room.store.find(other, told.id))?.content).toBe('theirs');
    });

    it.each([
      ['oldest first', [0, 1, 2, 3]],
      ['newest first', [3, 2, 1, 0]],
      ['ends first', [0, 3, 1, 2]],
      ['in between last', [1, 3, 0, 2]],
    ])('puts a chain together that comes %s, at once or in parts', async (_name, order) => {
      for (const size of [4, 2, 1]) {
        const chain = aChain('one', 'two', 'three', 'four');
        const told = order.map((i) => chain[i]!);
        for (let at = 0; at < 4; at += size) {
          const some = told.slice(at, at + size);
          expect(await take(...some)).toEqual(some.map(() => 'imported'));
          expect(await halfLinks()).toEqual([]);
        }
        expect(await settle(...told)).toEqual([]);
        for (const { id } of chain) expect(await room.store.chain(room.caller, id)).toEqual(chain);
        const { memory: fifth } = await room.supersede(chain[3]!.id, { validFrom: LATER });
        expect(idsOf(await room.store.chain(room.caller, chain[0]!.id))).toEqual([...idsOf(chain), fifth.id]);
      }
    });

    it('joins parts of a chain that were stored apart', async () => {
      const chain = aChain('1', '2', '3', '4', '5', '6', '7');
      for (const i of [0, 2, 4, 6]) await take(chain[i]!);
      await take(chain[1]!, chain[3]!, chain[5]!);
      expect(await settle(...chain)).toEqual([]);
      expect(await room.store.chain(room.caller, chain[6]!.id)).toEqual(chain);
    });

    it('never forks a chain', async () => {
      const [first, second] = aChain('one', 'two') as [Memory, Memory];
      const rival = memory({ supersedes: first.id });
      expect(await take(first, rival, second)).toEqual(['imported', 'forked', 'imported']);
      expect(await take({ ...memory(), supersedes: first.id })).toEqual(['forked']);
      const stored = await room.add();
      await room.supersede(stored.id);
      expect(await take(memory({ supersedes: stored.id }))).toEqual(['forked']);
    });

    it('takes out again what links to nothing, and what links to that', async () => {
      const [one, two, three] = aChain('one', 'two', 'three') as [Memory, Memory, Memory];
      const lost = memory({ supersedes: 'mem_nowhere' });
      const alone = memory({ content: 'alone' });
      await take(one, two, lost, alone);
      const broken = await settle(one, two, lost, alone);
      expect(new Map(broken.map(({ id, fault }) => [id, fault]))).toEqual(
        new Map([
          [two.id, expect.stringContaining(three.id)],
          [one.id, expect.stringContaining(two.id)],
          [lost.id, expect.stringContaining('mem_nowhere')],
        ]),
      );
      expect(await everything()).toEqual([alone]);
      expect(await room.store.chain(room.caller, two.id)).toEqual([]);
      expect(await take(one, two, three)).toEqual(['imported', 'imported', 'imported']);
      expect(await settle(one, two, three)).toEqual([]);
    });

    it('shows chains whole or in sound parts, in whatever order and pieces they come', async () => {
      const length = 5;
      const orders = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: length, maxLength: length });
      const pieces = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: length, maxLength: length });
      const absent = fc.option(fc.integer({ min: 0, max: length - 1 }), { nil: undefined });
      await fc.assert(
        fc.asyncProperty(orders, pieces, absent, async (order, sizes, missing) => {
          const chain = aChain('a', 'b', 'c', 'd', 'e');
          const told = order.filter((i) => i !== missing).map((i) => chain[i]!);
          for (let at = 0, piece = 0; at < told.length; at += sizes[piece++]!) {
            await take(...told.slice(at, at + sizes[piece]!));
            expect(await halfLinks()).toEqual([]);
          }
          const broken = await settle(...told);
          expect(broken).toHaveLength(missing === undefined ? 0 : told.length);
          const left = missing === undefined ? chain : [];
          for (const { id } of chain) expect(await room.store.chain(room.caller, id)).toEqual(left);
          await room.store.removeScope(room.caller, ANNA);
        }),
        { numRuns: 15 },
      );
    });

    it('lets the parts of a chain stand for themselves until what is between them comes', async () => {
      const chain = aChain('one', 'two', 'three', 'four', 'five');
      const [one, two, three, four, five] = chain as [Memory, Memory, Memory, Memory, Memory];
      await take(five, one, four, two);
      expect(await halfLinks()).toEqual([]);
      expect(idsOf(await room.store.chain(room.caller, one.id))).toEqual([one.id, two.id]);
      expect(idsOf(await room.store.chain(room.caller, five.id))).toEqual([four.id, five.id]);
      room.clock.advanceSeconds(60);
      expect(await room.idsSeen()).toEqual([five.id]);
      expect(await take(five, two, three)).toEqual(['skipped', 'skipped', 'imported']);
      expect(await settle(...chain)).toEqual([]);
      expect(await room.store.chain(room.caller, one.id)).toEqual(chain);
    });

    it('leaves of a chain that stays broken what stood before, each part as a chain of its own', async () => {
      const chain = aChain('one', 'two', 'three', 'four');
      const [one, two, three, four] = chain as [Memory, Memory, Memory, Memory];
      await take(two, four);
      await take(three);
      expect((await settle(three)).map(({ id }) => id)).toEqual([three.id]);
      expect(await halfLinks()).toEqual([]);
      expect(idsOf(await room.store.chain(room.caller, two.id))).toEqual([two.id]);
      expect(idsOf(await room.store.chain(room.caller, four.id))).toEqual([four.id]);
      expect(await take(one, three)).toEqual(['imported', 'imported']);
      expect(await settle(...chain)).toEqual([]);
      expect(await room.store.chain(room.caller, four.id)).toEqual(chain);
    });

    it('takes out what goes round in a circle, or links to another scope', async () => {
      const [a, b] = [memory(), memory()];
      const ended = { validUntil: LATER, supersededAt: LATER };
      const circle = [
        { ...a, supersedes: b.id, supersededBy: b.id, ...ended },
        { ...b, supersedes: a.id, supersededBy: a.id, ...ended },
      ];
      const theirs = await room.add({ scope: { userId: 'bert' } });
      const astray = memory({ supersedes: theirs.id });
      await take(...circle, astray);
      expect((await settle(...circle, astray)).map(({ id }) => id).sort()).toEqual(
        [a.id, b.id, astray.id].sort(),
      );
      expect(await everything()).toEqual([]);
      expect(await room.store.find(room.caller, theirs.id)).toEqual(theirs);
    });

    it('ends a predecessor that was told before it was superseded', async () => {
      const stored = await room.add({ content: 'stored' });
      room.clock.advanceSeconds(60);
      const successor = memory({ content: 'told', supersedes: stored.id });
      const early = memory({ content: 'early', supersedes: stored.id, validFrom: new Date(0) });
      await take(early);
      expect(await settle(early)).toMatchObject([{ id: early.id }]);
      expect(await take(successor)).toEqual(['imported']);
      expect(await settle(successor)).toEqual([]);
      expect(await room.store.find(room.caller, stored.id)).toMatchObject({
        supersededBy: successor.id,
        validUntil: successor.validFrom,
        supersededAt: successor.createdAt,
      });
      expect(await room.idsSeen()).toEqual([successor.id]);
    });

    it('spares what stood in the store before, however broken what is told may be', async () => {
      const stored = await room.add({ content: 'stored' });
      room.clock.advanceSeconds(60);
      const successor = memory({
        supersedes: stored.id,
        supersededBy: 'mem_nowhere',
        validUntil: LATER,
        supersededAt: LATER,
      });
      await take(stored, successor);
      expect(await settle(stored, successor)).toMatchObject([{ id: successor.id }]);
      expect(await everything()).toEqual([stored]);
      expect(await room.idsSeen()).toEqual([stored.id]);
    });

    it('gives out what it took in, tombstones and all, and counts it rightly', async () => {
      const chain = aChain('one', 'two', 'three');
      const gone: Memory = { ...chain[1]!, content: '', contentHash: '', deletedAt: LATER };
      const told = [chain[2]!, gone, chain[0]!, memory({ validUntil: LATER, supersededAt: LATER })];
      await take(...told);
      expect(await settle(...told)).toEqual([]);
      expect(await everything()).toEqual(told);
      expect(await room.store.stats(room.caller, ANNA, room.clock.now())).toMatchObject({
        total: 3,
        current: 1,
        superseded: 2,
      });
      expect(await room.store.removeScope(room.caller, ANNA)).toBe(3);
      expect(await everything()).toEqual([]);
    });

    it('stores more than a thousand together', async () => {
      const many = Array.from({ length: 1_203 }, (_, i) => memory({ content: `number ${i}` }));
      expect(await take(...many)).toEqual(many.map(() => 'imported'));
      expect(await everything()).toEqual(many);
      const hits = await room.store.keywordHits(room.caller, aView(room.clock), words(['1202']), 5);
      expect(room.idsOf(hits)).toEqual([many[1_202]?.id]);
    });

    it('lets two imports of the same memories take turns', async () => {
      const many = Array.from({ length: 40 }, () => memory());
      const verdicts = (await Promise.all([take(...many), take(...many)])).flat();
      expect(verdicts.filter((verdict) => verdict === 'imported')).toHaveLength(40);
      expect(verdicts.filter((verdict) => verdict === 'skipped')).toHaveLength(40);
    });
  });
}
