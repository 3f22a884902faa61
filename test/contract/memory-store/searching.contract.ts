import { beforeEach, describe, expect, it } from 'vitest';
import type { Memory, MemoryFilter } from '#libs/memory';
import { aMemory, aView, words } from '../../support/memories.js';
import { LATER, type MemoryRoom } from './memory-room.js';

/** What a search finds. */
export function searchingMemories(room: MemoryRoom): void {
  describe('filters', () => {
    beforeEach(async () => {
      await room.add({
        content: 'one',
        importance: 0.2,
        subject: 'home',
        entities: ['Rome', 'ACME'],
        metadata: { n: 9, s: 'abc', b: true, list: ['x', 2], 'a "b"': 'q', nothing: null },
      });
      await room.add({
        content: 'two',
        importance: 0.8,
        category: 'decision',
        metadata: { n: 10, s: 'abd', nul: 'a\u0000b' },
      });
      await room.add({ content: 'three', metadata: { n: '9' }, expiresAt: LATER });
    });
    const found = async (filter: MemoryFilter) =>
      (await room.list({}, { filter })).data.map(({ content }) => content).sort();
    const on = (field: string, operator: string, value: unknown) =>
      ({ field, operator, value }) as MemoryFilter;

    it.each<[MemoryFilter, string[]]>([
      [on('category', 'eq', 'decision'), ['two']],
      [on('category', 'ne', 'decision'), ['one', 'three']],
      [on('importance', 'gt', 0.2), ['three', 'two']],
      [on('importance', 'lte', 0.2), ['one']],
      [on('subject', 'eq', null), ['three', 'two']],
      [on('subject', 'exists', true), ['one']],
      [on('subject', 'ne', 'home'), ['three', 'two']],
      [on('subject', 'contains', 'om'), ['one']],
      [on('subject', 'nin', ['home', null]), []],
      [on('entities', 'contains', 'Rome'), ['one']],
      [on('entities', 'contains', 'rome'), []],
      [on('expires_at', 'exists', false), ['one', 'two']],
      [on('expires_at', 'gte', LATER.toISOString()), ['three']],
      [on('scope_level', 'in', ['user', 'turn']), ['one', 'three', 'two']],
      [on('session_id', 'eq', 's'), []],
      [on('metadata.n', 'eq', 9), ['one']],
      [on('metadata.n', 'eq', '9'), ['three']],
      [on('metadata.n', 'gt', 9), ['two']],
      [on('metadata.n', 'gte', '1'), ['three']],
      [on('metadata.n', 'in', [10, '9']), ['three', 'two']],
      [on('metadata.s', 'lt', 'abd'), ['one']],
      [on('metadata.s', 'contains', 'bd'), ['two']],
      [on('metadata.b', 'eq', true), ['one']],
      [on('metadata.b', 'ne', true), ['three', 'two']],
      [on('metadata.list', 'contains', 'x'), ['one']],
      [on('metadata.list', 'contains', 2), ['one']],
      [on('metadata.list', 'contains', '2'), []],
      [on('metadata.a "b"', 'eq', 'q'), ['one']],
      [on('metadata.nothing', 'exists', true), []],
      [on('metadata.nul', 'exists', true), ['two']],
      [on('metadata.missing', 'nin', ['a']), ['one', 'three', 'two']],
      [on('metadata.missing', 'eq', null), ['one', 'three', 'two']],
      [{ not: on('metadata.n', 'gt', 9) }, ['one', 'three']],
      [{ any: [on('importance', 'lt', 0.3), on('category', 'eq', 'decision')] }, ['one', 'two']],
      [{ all: [] }, ['one', 'three', 'two']],
      [{ any: [] }, []],
    ])('%j', async (filter, contents) => {
      expect(await found(filter)).toEqual(contents);
    });

    it('finds a needle in a search before the limit is applied', async () => {
      for (let i = 0; i < 30; i++) await room.add({ content: `common tea ${i}` });
      const needle = await room.add({ content: 'common', metadata: { needle: true } });
      const view = aView(room.clock, { filter: on('metadata.needle', 'eq', true) });
      expect(
        room.idsOf(await room.store.keywordHits(room.caller, view, words(['common', 'tea']), 2)),
      ).toEqual([needle.id]);
    });
  });

  describe('keyword search', () => {
    it('ranks by BM25: rare terms, repeated terms and short memories first', async () => {
      const rare = await room.add({ content: 'quokka tea' });
      const common = await room.add({ content: 'tea tea' });
      const long = await room.add({ content: 'tea with many other words that say little' });
      await room.add({ content: 'nothing of it' });
      expect(
        room.idsOf(
          await room.store.keywordHits(room.caller, aView(room.clock), words(['quokka', 'tea', 'zebra']), 10),
        ),
      ).toEqual([rare.id, common.id, long.id]);
    });

    it('gives the best first, at most as many as wanted, and nothing for terms that nobody has', async () => {
      const best = await room.add({ content: 'alpha beta' });
      for (let i = 0; i < 5; i++) await room.add({ content: `alpha filler${i} other${i}` });
      const { hits } = await room.store.keywordHits(
        room.caller,
        aView(room.clock),
        words(['alpha', 'beta']),
        3,
      );
      expect(hits).toHaveLength(3);
      expect(hits[0]?.memory.id).toBe(best.id);
      expect(hits.map(({ score }) => score)).toEqual(
        hits.map(({ score }) => score).toSorted((a, b) => b - a),
      );
      expect(await room.store.keywordHits(room.caller, aView(room.clock), words(['none']), 3)).toMatchObject({
        hits: [],
      });
      expect(await room.store.keywordHits(room.caller, aView(room.clock), words([]), 3)).toMatchObject({
        hits: [],
      });
    });

    it('finds what holds every one of some terms, newest first', async () => {
      const first = await room.add({ content: 'quokka drinks tea' });
      await room.add({ content: 'quokka drinks' });
      await room.add({ content: 'tea' });
      const last = await room.add({ content: 'tea for a quokka' });
      const holding = (terms: string[], limit = 10) =>
        room.store.withTerms(room.caller, aView(room.clock), terms, limit);
      const ids = async (terms: string[], limit?: number) =>
        (await holding(terms, limit)).map(({ id }) => id);
      expect(await ids(['tea', 'quokka'])).toEqual([last.id, first.id]);
      expect(await ids(['tea', 'quokka'], 1)).toEqual([last.id]);
      expect(await ids(['tea', 'zebra'])).toEqual([]);
      expect(await ids([])).toEqual([]);
    });

    it('names what matched but is superseded or expired', async () => {
      const old = await room.add({ content: 'tea old' });
      const { memory } = await room.supersede(old.id, { content: 'tea new' });
      const mortal = await room.add({
        content: 'tea mortal',
        expiresAt: new Date(room.clock.now().getTime() + 1000),
      });
      room.clock.advanceSeconds(5);
      const { hits, suppressed } = await room.store.keywordHits(
        room.caller,
        aView(room.clock),
        words(['tea']),
        10,
      );
      expect(hits.map((hit) => hit.memory.id)).toEqual([memory.id]);
      expect(suppressed).toMatchObject({ superseded: [{ id: old.id }], expired: [{ id: mortal.id }] });
    });

    it('reaches past gated matches', async () => {
      for (let i = 0; i < 12; i++) {
        const { id } = await room.add({ content: `tea tea ${i}` });
        await room.supersede(id, { content: `other ${i}` });
      }
      const weak = await room.add({ content: 'tea among many words that hide it well' });
      expect(
        room.idsOf(await room.store.keywordHits(room.caller, aView(room.clock), words(['tea']), 2)),
      ).toEqual([weak.id]);
    });

    it('names of what is gated out only what would have been among the best', async () => {
      const best = await room.add({ content: 'tea' });
      await room.add({ content: 'tea and cake' });
      for (const content of ['tea with much else around it that hides it', 'tea']) {
        const { id } = await room.add({ content: `${content} once` });
        await room.supersede(id, { content: 'gone' });
      }
      const found = await room.store.keywordHits(room.caller, aView(room.clock), words(['tea']), 2);
      const told = async (id: string) => (await room.store.find(room.caller, id))?.content;
      expect(room.idsOf(found)[0]).toBe(best.id);
      expect(await Promise.all(found.suppressed.superseded.map(({ id }) => told(id)))).toEqual(['tea once']);
      expect(found.suppressed.superseded[0]?.score).toBeGreaterThan(found.hits[1]?.score ?? 0);
    });

    it('finds words of any script and of any length', async () => {
      const word = 'ß'.repeat(3000);
      const { id } = await room.add({ content: `東京 ${word} it's "quoted" a%b` });
      for (const term of ['東京', word, "it's", '"quoted"', 'a%b']) {
        expect(
          room.idsOf(await room.store.keywordHits(room.caller, aView(room.clock), words([term]), 5)),
        ).toEqual([id]);
      }
    });
  });

  describe('the neighbours of a match', () => {
    const turn = (messageIndex: number, content: string): Partial<Memory> => ({
      content,
      source: { conversationId: 'c', messageIndex },
    });
    const found = async (term: string): Promise<string[]> =>
      room.idsOf(await room.store.keywordHits(room.caller, aView(room.clock), words([term]), 10));

    it('are found with it, those that come later too', async () => {
      const question = await room.add(turn(4, 'which instrument'));
      expect(await found('instrument')).toEqual([question.id]);
      const answer = await room.add(turn(5, 'the violin'));
      expect(await found('instrument')).toEqual([question.id, answer.id]);
      await room.add({ content: 'the violin', source: { conversationId: 'd', messageIndex: 5 } });
      expect(await found('instrument')).toEqual([question.id, answer.id]);
    });

    it('go when they are erased, and the others move together', async () => {
      const question = await room.add(turn(1, 'which instrument'));
      const [gone, left] = [await room.add(turn(2, 'hm')), await room.add(turn(3, 'violin'))];
      expect(await found('instrument')).toEqual([question.id, gone.id, left.id]);
      await room.store.remove(room.caller, gone.id, room.clock.now());
      expect(await found('instrument')).toEqual([question.id, left.id]);
      await room.store.removeScope(room.caller, { userId: 'anna' });
      expect(await found('instrument')).toEqual([]);
      const again = await room.add(turn(1, 'which instrument'));
      expect(await found('instrument')).toEqual([again.id]);
    });

    it('are not found out of view, and do not make anything else be found', async () => {
      const scope = { userId: 'anna', agentId: 'a' };
      await room.add({ ...turn(1, 'the secret word'), scope });
      await room.add(turn(2, 'something public'));
      expect(await found('secret')).toEqual([]);
    });
  });

  describe('semantic search', () => {
    const embedding = (...values: number[]) => ({ model: 'm', vector: Float32Array.from(values) });

    it('ranks by cosine similarity within the view', async () => {
      const near = await room.add({ content: 'near' }, { embedding: embedding(1, 0.1, 0) });
      const far = await room.add({ content: 'far' }, { embedding: embedding(0.2, 1, 0) });
      await room.add({ content: 'elsewhere', scope: { userId: 'bert' } }, { embedding: embedding(1, 0, 0) });
      const { hits } = await room.store.semanticHits(room.caller, aView(room.clock), embedding(1, 0, 0), 10);
      expect(hits.map(({ memory }) => memory.id)).toEqual([near.id, far.id]);
      expect(hits[0]?.score).toBeCloseTo(hits[0]!.score, 5);
      expect(hits[0]!.score).toBeGreaterThan(hits[1]!.score);
    });

    it('never compares vectors of different models', async () => {
      await room.add({}, { embedding: { model: 'other', vector: Float32Array.from([1, 0, 0]) } });
      expect(
        room.idsOf(await room.store.semanticHits(room.caller, aView(room.clock), embedding(1, 0, 0), 10)),
      ).toEqual([]);
    });

    it('names superseded matches that would have been among the best', async () => {
      const old = await room.add({ content: 'old' }, { embedding: embedding(1, 0, 0) });
      const { memory } = await room.store.supersede(room.caller, old.id, {
        ...aMemory(room.clock, { content: 'new' }),
        embedding: embedding(0.9, 0.1, 0),
      });
      const { hits, suppressed } = await room.store.semanticHits(
        room.caller,
        aView(room.clock),
        embedding(1, 0, 0),
        10,
      );
      expect(hits.map((hit) => hit.memory.id)).toEqual([memory.id]);
      expect(suppressed.superseded.map(({ id }) => id)).toEqual([old.id]);
    });

    it('takes a vector that comes later, and a later model’s in place of an earlier’s', async () => {
      const { id } = await room.add();
      const missing = async (...replaced: string[]) =>
        (await room.store.withoutEmbedding(replaced, 10_000)).filter(
          (item) => item.caller.tenantId === room.caller.tenantId,
        );
      const hitsOf = async (model: string, vector: Float32Array) =>
        room.idsOf(await room.store.semanticHits(room.caller, aView(room.clock), { model, vector }, 5));
      expect(await missing()).toMatchObject([{ id }]);
      await room.saveEmbedding(id, embedding(1, 0));
      expect(await missing()).toEqual([]);
      expect(await missing('m')).toMatchObject([{ id }]);
      expect(await room.store.find(room.caller, id)).toMatchObject({ embeddingModel: 'm', version: 1 });
      const later = { model: 'm2', vector: Float32Array.from([0, 1, 0]) };
      await room.saveEmbedding(id, later);
      expect(await missing('m')).toEqual([]);
      expect(await hitsOf('m2', later.vector)).toEqual([id]);
      expect(await hitsOf('m', Float32Array.from([1, 0]))).toEqual([]);
      await room.saveEmbedding('mem_unknown', embedding(1, 0));
    });

    it('knows which models there are vectors of, and counts what has one and what lacks one', async () => {
      const model = `counted-${room.caller.tenantId}`;
      const vector = Float32Array.from([1, 0, 0]);
      await room.add({}, { embedding: { model, vector } });
      const { id } = await room.add({}, { embedding: { model, vector } });
      const before = await room.store.countWithoutEmbedding([]);
      await room.add();
      expect(await room.store.embeddingModels()).toContainEqual({ model, dimensions: 3 });
      expect(await room.store.countEmbedded(model)).toBe(2);
      expect(await room.store.countWithoutEmbedding([])).toBe(before + 1);
      expect(await room.store.countWithoutEmbedding([model])).toBe(before + 3);
      await room.store.remove(room.caller, id, room.clock.now());
      expect(await room.store.countEmbedded(model)).toBe(1);
    });

    it('forgets the vector with the memory', async () => {
      const { id } = await room.add({}, { embedding: embedding(1, 0) });
      await room.store.remove(room.caller, id, room.clock.now());
      await room.saveEmbedding(id, embedding(1, 0));
      expect(
        room.idsOf(await room.store.semanticHits(room.caller, aView(room.clock), embedding(1, 0), 5)),
      ).toEqual([]);
    });
  });
}
