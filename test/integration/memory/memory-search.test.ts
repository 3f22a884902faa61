import { describe, expect, it } from 'vitest';
import { aMemoryRoom } from '../../support/memory-room.js';
import { InstantPause, ScriptedEmbedder } from '../../support/scripted-embedder.js';

const scope = { userId: 'anna' };

describe('searching memories', () => {
  it('answers by keywords alone without an embedder and says so', async () => {
    const { memories, caller, remember } = aMemoryRoom();
    await remember('Prefers Go for services');
    await remember('Lives in Oslo');
    for (const mode of ['hybrid', 'semantic', 'keyword'] as const) {
      const found = await memories.search(caller, { scope, query: 'which services language', mode });
      expect(found.hits.map((hit) => hit.memory.content)).toEqual(['Prefers Go for services']);
      expect(found.mode).toBe('keyword');
      expect(found.fallback).toBe(mode === 'keyword' ? undefined : 'no_embedder');
    }
  });

  it('finds a memory by its subject, whose words the content only implies', async () => {
    const { memories, caller } = aMemoryRoom();
    await memories.create(caller, { scope, content: 'Works at Globex', subject: 'employer' });
    const found = await memories.search(caller, { scope, query: 'who is the employer?' });
    expect(found.hits.map((hit) => hit.memory.content)).toEqual(['Works at Globex']);
  });

  it('finds by meaning what shares no word, once it is embedded', async () => {
    const room = aMemoryRoom(new ScriptedEmbedder(false, { automobil: 'car' }));
    await room.remember('Drives an automobile');
    await room.remember('Plays chess on Sundays');
    await room.memories.settle();
    const found = await room.memories.search(room.caller, { scope, query: 'car' });
    expect(found.mode).toBe('hybrid');
    expect(found.hits[0]).toMatchObject({
      memory: { content: 'Drives an automobile' },
      signals: { semantic: { rank: 1 } },
    });
  });

  it.each([
    ['hangs', 'hanging', 'embedder_timeout'],
    ['fails', 'down', 'embedder_failed'],
  ] as const)('falls back to keywords when the embedder %s', async (_, state, fallback) => {
    const embedder = new ScriptedEmbedder();
    const { memories, caller, remember } = aMemoryRoom(embedder);
    await remember('Prefers Go');
    embedder.state = state;
    const found = await memories.search(caller, { scope, query: 'go' });
    expect(found).toMatchObject({ mode: 'keyword', fallback, hits: [{ memory: { content: 'Prefers Go' } }] });
  });

  it('counts what it holds back, and explains each', async () => {
    const { memories, caller, clock, remember } = aMemoryRoom();
    const old = await remember('Works at Google');
    await memories.supersede(caller, old.id, { content: 'Works at Anthropic' });
    const expiring = await remember('Works late at night', {
      expiresAt: new Date(clock.now().getTime() + 1000),
    });
    clock.advanceSeconds(2);
    const found = await memories.search(caller, { scope, query: 'works', explain: true });
    expect(found.hits.map((hit) => hit.memory.content)).toEqual(['Works at Anthropic']);
    expect(found.suppressed).toEqual({ superseded: 1, expired: 1, shadowed: 0 });
    expect(found.nearMisses).toEqual([
      { id: old.id, gate: 'superseded' },
      { id: expiring.id, gate: 'expired' },
    ]);
    expect(found.hits[0]?.boosts).toBeDefined();
  });

  it('lets a narrower memory on the same subject stand in front of a broader one', async () => {
    const { memories, caller, remember } = aMemoryRoom();
    const narrow = { userId: 'anna', sessionId: 's' };
    const broad = await remember('Employer is Google', { subject: 'employer' });
    const winner = await remember('Now at Anthropic', { subject: 'employer', scope: narrow });
    const inSession = await memories.search(caller, { scope: narrow, query: 'google' });
    expect(inSession.hits).toMatchObject([
      { memory: { id: winner.id }, shadows: [broad.id], scopeLevel: 'session' },
    ]);
    expect(inSession.suppressed.shadowed).toBe(1);
    const elsewhere = await memories.search(caller, { scope, query: 'google' });
    expect(elsewhere.hits.map((hit) => hit.memory.id)).toEqual([broad.id]);
    expect((await memories.list(caller, { scope: narrow })).data).toHaveLength(2);
  });

  it('lets the narrower one stand in front at an instant before the broader one ended, as it did then', async () => {
    const { memories, caller, clock, remember } = aMemoryRoom();
    const narrow = { userId: 'anna', sessionId: 's' };
    const broad = await remember('Editor is vim', { subject: 'editor' });
    await remember('Editor is emacs', { subject: 'editor', scope: narrow });
    const then = clock.now();
    clock.advanceSeconds(10);
    await memories.supersede(caller, broad.id, { content: 'Editor is nano' });
    for (const instant of [{ asOf: then }, { knownAsOf: then }]) {
      const found = await memories.search(caller, { scope: narrow, query: 'editor', ...instant });
      expect(found.hits.map(({ memory }) => memory.content)).toEqual(['Editor is emacs']);
    }
  });

  it('knows a narrower one behind hundreds of newer ones on its subject, and of any number of subjects', async () => {
    const { memories, caller, remember } = aMemoryRoom();
    const narrow = { userId: 'anna', sessionId: 's' };
    const winner = await remember('Team meets on Monday', { subject: 'team', scope: narrow });
    for (let i = 0; i < 201; i++) await remember(`Team note ${i}`, { subject: 'team', onSubject: 'coexist' });
    const team = await memories.search(caller, { scope: narrow, query: 'team note' });
    expect(team.hits.map(({ memory }) => memory.id)).toEqual([winner.id]);
    for (let i = 0; i < 60; i++) {
      await remember(`colour ${i}`, { subject: `place ${i}` });
      await remember(`colour ${i} here`, { subject: `place ${i}`, scope: narrow });
    }
    const colours = await memories.search(caller, { scope: narrow, query: 'colour', topK: 100 });
    expect(colours.hits.length).toBeGreaterThanOrEqual(60);
    expect(new Set(colours.hits.map(({ scopeLevel }) => scopeLevel))).toEqual(new Set(['session']));
  });

  it('packs the best hits under an exact token budget', async () => {
    const { memories, caller, remember } = aMemoryRoom();
    for (let i = 0; i < 10; i++) await remember(`chess ${'opening '.repeat(i + 1)}number ${i}`);
    const whole = await memories.search(caller, { scope, query: 'chess opening' });
    const maxTokens = Math.floor(whole.tokens / 2);
    const packed = await memories.search(caller, { scope, query: 'chess opening', maxTokens, explain: true });
    expect(packed.tokens).toBeLessThanOrEqual(maxTokens);
    expect(packed.hits.length).toBeGreaterThan(0);
    expect(packed.nearMisses?.filter(({ gate }) => gate === 'max_tokens')).toHaveLength(
      10 - packed.hits.length,
    );
  });

  it('respects top_k and min_score', async () => {
    const { memories, caller, remember } = aMemoryRoom();
    for (let i = 0; i < 5; i++) await remember(`chess ${'opening '.repeat(i)}`);
    expect((await memories.search(caller, { scope, query: 'chess', topK: 2 })).hits).toHaveLength(2);
    const { hits } = await memories.search(caller, { scope, query: 'chess' });
    const minScore = hits[1]!.score;
    expect((await memories.search(caller, { scope, query: 'chess', minScore })).hits).toHaveLength(2);
  });

  it('finds a superseded memory by an instant before its end', async () => {
    const { memories, caller, clock, remember } = aMemoryRoom();
    const old = await remember('Works at Google');
    clock.advanceSeconds(10);
    const before = clock.now();
    clock.advanceSeconds(10);
    await memories.supersede(caller, old.id, { content: 'Works at Anthropic' });
    const then = await memories.search(caller, { scope, query: 'works', asOf: before });
    expect(then.hits.map((hit) => hit.memory.id)).toEqual([old.id]);
    const believed = await memories.search(caller, { scope, query: 'works', knownAsOf: before });
    expect(believed.hits.map((hit) => hit.memory.id)).toEqual([old.id]);
  });

  it.each([
    ['query', { query: ' ' }],
    ['top_k', { topK: 101 }],
    ['min_score', { minScore: 1.5 }],
    ['max_tokens', { maxTokens: -1 }],
  ])('names a faulty %s', async (path, faulty) => {
    const { memories, caller } = aMemoryRoom();
    await expect(memories.search(caller, { scope, query: 'x', ...faulty })).rejects.toMatchObject({
      details: { errors: [{ path }] },
    });
  });

  it('writes access counts later, in one go', async () => {
    const room = aMemoryRoom(null, new InstantPause(() => true));
    const { id } = await room.remember('Prefers Go');
    await room.memories.search(room.caller, { scope, query: 'go' });
    await room.memories.get(room.caller, id);
    expect(await room.store.find(room.caller, id)).toMatchObject({ accessCount: 0 });
    await room.memories.settle();
    expect(await room.store.find(room.caller, id)).toMatchObject({
      accessCount: 2,
      lastAccessedAt: room.clock.now(),
    });
  });
});

describe('background embedding', () => {
  it('never lets a write wait for a model that hangs', async () => {
    const embedder = new ScriptedEmbedder(true);
    embedder.state = 'hanging';
    const { memories, caller, remember } = aMemoryRoom(embedder);
    await remember('Prefers Go');
    const found = await memories.search(caller, { scope, query: 'go', mode: 'keyword' });
    expect(found.hits).toHaveLength(1);
  });

  it('takes up what an earlier run left', async () => {
    const before = aMemoryRoom();
    await before.remember('Prefers Go');
    await before.remember('Lives in Oslo');
    const embedder = new ScriptedEmbedder();
    const after = aMemoryRoom(embedder, new InstantPause(), before.store);
    expect(await after.memories.embedderStatus()).toEqual({
      model: 'scripted',
      mode: 'hybrid',
      pending: 2,
    });
    after.memories.start();
    await after.memories.settle();
    expect((await after.memories.embedderStatus()).pending).toBe(0);
    expect(embedder.embedded).toEqual(['Prefers Go', 'Lives in Oslo']);
  });

  it('backs off while the model is down and goes on when it is back', async () => {
    const embedder = new ScriptedEmbedder();
    embedder.state = 'down';
    const room = aMemoryRoom(embedder, new InstantPause((milliseconds) => milliseconds !== 2_000));
    await room.remember('Prefers Go');
    await room.memories.settle();
    expect(await room.memories.embedderStatus()).toMatchObject({
      pending: 1,
      lastError: 'the model is down',
    });
    embedder.state = 'up';
    await room.memories.settle();
    const status = await room.memories.embedderStatus();
    expect(status.pending).toBe(0);
    expect(status.lastError).toBeUndefined();
    await room.memories.stop();
  });

  it('sets a text aside that the model refuses, and embeds the others', async () => {
    const embedder = new ScriptedEmbedder();
    const room = aMemoryRoom(embedder);
    embedder.refused.add('poison');
    await room.memories.createMany(
      room.caller,
      ['one', 'poison', 'two', 'three'].map((content) => ({ scope, content })),
    );
    await room.memories.settle();
    expect((await room.memories.embedderStatus()).pending).toBe(1);
    expect(embedder.embedded).toEqual(expect.arrayContaining(['one', 'two', 'three']));
    await room.memories.stop();
  });

  it('reports a near duplicate by its vector when the model is local', async () => {
    const room = aMemoryRoom(new ScriptedEmbedder(true, { automobil: 'car' }));
    const first = await room.remember('Drives a red car');
    const { nearDuplicate } = await room.create('Drives a red automobile');
    expect(nearDuplicate?.id).toBe(first.id);
    expect(nearDuplicate?.similarity).toBeGreaterThanOrEqual(0.95);
  });
});
