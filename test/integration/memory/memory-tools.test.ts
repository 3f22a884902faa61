import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InMemoryMemoryStore } from '#libs/adapters';
import type { MemoryToolName } from '#libs/memory';
import { aMemoryRoom } from '../../support/memory-room.js';
import { InstantPause } from '../../support/scripted-embedder.js';

const user = { userId: 'anna' };
const session = { userId: 'anna', sessionId: 'morning' };
const agent = { ...session, agentId: 'coder' };
const secret = `ghp_${'a1'.repeat(20)}`;

describe('memory_save', () => {
  it('stores for the user, with where it came from, whatever session it was said in', async () => {
    const { call, memories, caller } = aMemoryRoom();
    const given = { content: 'Prefers Go', category: 'PREFERENCE', importance: '0.9', entities: 'Go' };
    const saved = await call('memory_save', given, agent);
    expect(saved).toEqual({ status: 'saved', memory_id: 'mem_00000001', content: 'Prefers Go' });
    expect(await memories.get(caller, 'mem_00000001')).toMatchObject({
      scope: user,
      category: 'preference',
      importance: 0.9,
      entities: ['Go'],
      source: { agent: 'coder' },
    });
  });

  it('says when it was known, what it replaced, and what says nearly the same', async () => {
    const { call } = aMemoryRoom();
    const first = await call('memory_save', { content: 'Works at Initech', subject: 'employer' });
    expect(await call('memory_save', { content: 'Works at Initech ' })).toEqual({
      ...first,
      deduplicated: true,
    });
    expect(await call('memory_save', { content: 'Works at Globex', subject: 'employer' })).toEqual({
      status: 'saved',
      memory_id: 'mem_00000003',
      content: 'Works at Globex',
      superseded: 'mem_00000001',
    });
    expect(await call('memory_save', { content: 'at Globex, works' })).toMatchObject({
      status: 'saved',
      near_duplicate: 'mem_00000003',
    });
  });

  it('refuses a secret by its kind and never repeats it', async () => {
    const { call, memories, caller } = aMemoryRoom();
    const refused = await call('memory_save', { content: `The token is ${secret}` });
    expect(refused).toMatchObject({ status: 'error', error: 'secret_refused', kind: 'GitHub token' });
    expect(JSON.stringify(refused)).not.toContain(secret);
    expect((await memories.stats(caller, user)).total).toBe(0);
  });

  it.each([
    [{}, /content: is missing/],
    [{ content: 'x', importance: 7 }, /importance: must be a number from 0 to 1/],
    [{ content: 'x', category: 'gossip' }, /category: must be one of preference, fact/],
    [{ content: 'x'.repeat(40_000) }, /content: must be at most/],
    ['{"content":', /must be one JSON object/],
  ])('tells the remedy for %j', async (given, message) => {
    const { call } = aMemoryRoom();
    expect(await call('memory_save', given)).toEqual({
      status: 'error',
      error: 'validation_error',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('memory_search', () => {
  it('finds what the scope sees, best first, and nothing of other sessions', async () => {
    const { call, remember } = aMemoryRoom();
    await remember('Plays chess');
    await remember('Plays chess on Mondays', { scope: session });
    await remember('Plays chess in secret', { scope: { userId: 'anna', sessionId: 'evening' } });
    await remember('Plays chess too', { scope: { userId: 'bert' } });
    const found = await call('memory_search', { query: 'chess Mondays' }, session);
    expect(found).toMatchObject({
      status: 'found',
      count: 2,
      memories: [
        { id: 'mem_00000002', content: 'Plays chess on Mondays' },
        { id: 'mem_00000001', content: 'Plays chess' },
      ],
    });
    expect(await call('memory_search', { query: 'astronomy' })).toEqual({
      status: 'found',
      count: 0,
      memories: [],
    });
  });

  it('keeps to the entities that it is given, where memories are tied to them', async () => {
    const { call, remember } = aMemoryRoom();
    await remember('Leads the search team', { entities: ['Ada'] });
    await remember('Leads the billing team', { entities: ['Bob'] });
    const about = (entities: unknown) => call('memory_search', { query: 'who leads a team', entities });
    expect(await about(['Ada'])).toMatchObject({
      count: 1,
      memories: [{ content: 'Leads the search team' }],
    });
    expect(await about('Carol')).toMatchObject({
      count: 2,
      note: expect.stringContaining('words') as string,
    });
    expect(await call('memory_search', { entities: ['Ada'] })).toMatchObject({ count: 0 });
    await remember('Ada likes tea', { entities: ['Ada'] });
    expect(await call('memory_search', { entities: ['Ada'] })).toMatchObject({ count: 1 });
  });

  it('adds what is related: those that share most first, newest first among equals', async () => {
    const { call, remember, clock } = aMemoryRoom();
    const contents = [
      ['Ada joined Globex', { entities: ['Ada', 'Globex'], subject: 'employer' }],
      ['Lunch is at noon', { entities: ['Globex'] }],
      ['The badge is blue', { entities: ['Globex'] }],
      ['She leads two teams', { entities: ['Ada', 'Globex'] }],
      ['It is raining', { entities: ['Weather'] }],
    ] as const;
    for (const [content, draft] of contents) {
      await remember(content, draft);
      clock.advanceSeconds(1);
    }
    await remember('Paid in euros', { subject: 'employer', onSubject: 'coexist' });
    await remember('Someone else’s Globex', { entities: ['Globex'], scope: { userId: 'bert' } });
    const search = (more: object) => call('memory_search', { query: 'joined', ...more });
    expect(await search({})).toMatchObject({ count: 1 });
    const found = await search({ include_related: true });
    expect(found).toMatchObject({
      count: 5,
      memories: [
        { content: 'Ada joined Globex' },
        { content: 'She leads two teams', score: 0, related_by: ['Ada', 'Globex'] },
        { content: 'Paid in euros', related_by: ['employer'] },
        { content: 'The badge is blue', related_by: ['Globex'] },
        { content: 'Lunch is at noon', related_by: ['Globex'] },
      ],
    });
    expect(await search({ include_related: 'true' })).toEqual(found);
    expect(await search({ include_related: true, top_k: 1 })).toMatchObject({ count: 2 });
  });

  it('does not bring back as related what a narrower memory stands in front of', async () => {
    const { call, remember } = aMemoryRoom();
    await remember('Answers in English', { subject: 'language' });
    await remember('Answers in German', { subject: 'language', scope: session });
    const found = await call('memory_search', { query: 'answers', include_related: true }, session);
    expect(found).toMatchObject({ count: 1, memories: [{ content: 'Answers in German' }] });
  });

  it('never fills a context: what one result cannot hold is counted', async () => {
    const { call, remember } = aMemoryRoom();
    for (let i = 0; i < 4; i++) await remember(`chess ${i} ${'e4 '.repeat(5_000)}`);
    expect(await call('memory_search', { query: 'chess' })).toMatchObject({ count: 2, left_out: 2 });
    expect(await call('memory_list')).toMatchObject({ count: 2, has_more: true });
  });

  it('leaves none out of the middle of a list: what is older than one that does not fit is not shown', async () => {
    const { call, remember } = aMemoryRoom();
    await remember('a short one, the oldest');
    for (let i = 0; i < 3; i++) await remember(`chess ${i} ${'e4 '.repeat(5_000)}`);
    expect(await call('memory_list')).toMatchObject({ count: 2, has_more: true });
  });
});

describe('memory_update', () => {
  it('puts a newer version in its place and keeps its attributes and its history', async () => {
    const { call, remember, memories, caller } = aMemoryRoom();
    const { id } = await remember('Works at Initech', { subject: 'employer', scope: session });
    const given = { memory_id: ` ${id} `, new_content: 'Works at Globex', reason: 'changed jobs' };
    const updated = await call('memory_update', given, agent);
    expect(updated).toEqual({
      status: 'updated',
      memory_id: 'mem_00000002',
      content: 'Works at Globex',
      superseded: id,
    });
    const { chain } = await memories.history(caller, id);
    expect(chain).toMatchObject([
      { id, supersededBy: 'mem_00000002' },
      { subject: 'employer', scope: session, reason: 'changed jobs' },
    ]);
  });

  it('answers for a memory that was replaced already with the one that stands now', async () => {
    const { call, remember } = aMemoryRoom();
    const { id } = await remember('one');
    await call('memory_update', { memory_id: id, new_content: 'two' });
    for (const name of ['memory_update', 'memory_delete'] as const) {
      expect(await call(name, { memory_id: id, new_content: 'three' })).toEqual({
        status: 'error',
        error: 'conflict',
        message: expect.stringContaining('current_id') as string,
        current_id: 'mem_00000002',
        current_content: 'two',
      });
    }
    await call('memory_delete', { memory_id: 'mem_00000002' });
    expect(await call('memory_update', { memory_id: id, new_content: 'three' })).toMatchObject({
      error: 'not_found',
    });
  });

  it('learns of a memory that another replaced in the meantime which one stands now', async () => {
    const room = aMemoryRoom();
    const { id } = await room.remember('one');
    const given = { memory_id: id, new_content: 'two' };
    const results = await Promise.all([
      room.call('memory_update', given),
      room.call('memory_update', { ...given, new_content: 'three' }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['error', 'updated']);
    expect(results.find(({ status }) => status === 'error')).toMatchObject({
      error: 'conflict',
      current_id: expect.stringMatching(/^mem_/) as string,
    });
  });

  it.each([
    [{ new_content: 'x' }, /memory_id: is missing/],
    [{ memory_id: 'mem_00000001', new_content: ' ' }, /new_content: is missing/],
    [{ memory_id: 'mem_00000001', new_content: 'x'.repeat(40_000) }, /new_content: must be at most/],
  ])('tells the remedy for %j', async (given, message) => {
    const { call, remember } = aMemoryRoom();
    await remember('one');
    expect(await call('memory_update', given)).toMatchObject({
      error: 'validation_error',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a secret in what it says and in why', async () => {
    const { call, remember } = aMemoryRoom();
    const { id } = await remember('one');
    for (const given of [{ new_content: secret }, { new_content: 'two', reason: secret }]) {
      const refused = await call('memory_update', { memory_id: id, ...given });
      expect(refused).toMatchObject({ error: 'secret_refused', kind: 'GitHub token' });
      expect(JSON.stringify(refused)).not.toContain(secret);
    }
  });
});

describe('memory_delete', () => {
  it('erases the memory and not the history of its chain', async () => {
    const { call, remember, memories, caller } = aMemoryRoom();
    const { id } = await remember('one');
    expect(await call('memory_delete', { memory_id: id, reason: 'wrong' })).toEqual({
      status: 'deleted',
      memory_id: id,
    });
    expect(await call('memory_list')).toEqual({ status: 'listed', count: 0, memories: [], has_more: false });
    const { chain } = await memories.history(caller, id);
    expect(JSON.stringify(chain)).not.toMatch(/one|wrong/);
    expect(await call('memory_delete', { memory_id: id })).toMatchObject({ error: 'not_found' });
  });
});

describe('memory_list', () => {
  it('lists what the scope sees, newest first', async () => {
    const { call, remember, clock } = aMemoryRoom();
    for (const [content, scope] of [
      ['first', user],
      ['second', session],
      ['hidden', agent],
      ['third', user],
    ] as const) {
      await remember(content, { scope });
      clock.advanceSeconds(1);
    }
    expect(await call('memory_list', { limit: '2' }, session)).toEqual({
      status: 'listed',
      count: 2,
      memories: [
        { id: 'mem_00000004', content: 'third', created_at: '2026-11-22T12:00:03.000Z' },
        { id: 'mem_00000002', content: 'second', created_at: '2026-11-22T12:00:01.000Z' },
      ],
      has_more: true,
    });
    expect(await call('memory_list', { limit: 1e9 }, session)).toMatchObject({ count: 3, has_more: false });
  });
});

describe('a model that names the id of a memory', () => {
  it.each([
    ['another user’s', { userId: 'bert' }, agent],
    ['another session’s', { userId: 'anna', sessionId: 'evening' }, agent],
    ['another agent’s', { ...session, agentId: 'tester' }, agent],
    ['another turn’s', { ...agent, turnId: '1' }, { ...agent, turnId: '2' }],
    ['a narrower scope’s', session, user],
  ])('cannot touch it, nor learn that it is there, when it is %s', async (_, owner, scope) => {
    const { call, remember, memories, caller } = aMemoryRoom();
    const { id } = await remember('keep off', { scope: owner });
    const before = await memories.history(caller, id);
    for (const name of ['memory_update', 'memory_delete'] as const) {
      const foreign = await call(name, { memory_id: id, new_content: 'taken' }, scope);
      const unknown = await call(name, { memory_id: 'mem_x', new_content: 'taken' }, scope);
      expect(foreign).toEqual(unknown);
      expect(foreign).toMatchObject({ status: 'error', error: 'not_found' });
    }
    expect(await memories.history(caller, id)).toEqual(before);
  });

  it('cannot touch it when it has expired', async () => {
    const { call, remember, clock } = aMemoryRoom();
    const expiresAt = new Date(clock.now().getTime() + 1_000);
    const { id } = await remember('for a while', { expiresAt });
    clock.advanceSeconds(2);
    expect(await call('memory_update', { memory_id: id, new_content: 'forever' })).toMatchObject({
      error: 'not_found',
    });
  });

  it('is refused for a user outside its key', async () => {
    const { tools, caller } = aMemoryRoom();
    const bound = { ...caller, users: ['bert'] };
    const call = { name: 'memory_list', arguments: '', scope: user };
    await expect(tools.answer(bound, call)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('the memory tools', () => {
  it('answer whatever a model writes, and keep to the scope', async () => {
    const room = aMemoryRoom();
    const { id } = await room.remember('of bert', { scope: { userId: 'bert' } });
    const { chain: before } = await room.memories.history(room.caller, id);
    const name = fc.constantFrom<MemoryToolName>(
      'memory_save',
      'memory_search',
      'memory_update',
      'memory_delete',
      'memory_list',
    );
    const key = fc.constantFrom(
      'content',
      'query',
      'memory_id',
      'new_content',
      'reason',
      'entities',
      'importance',
      'category',
      'subject',
      'include_related',
      'top_k',
      'limit',
    );
    const value = fc.oneof(fc.constantFrom('mem_00000001', 'x', 'user', 0.5, true), fc.jsonValue());
    const given = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(key, value).map((it) => JSON.stringify(it)),
    );
    await fc.assert(
      fc.asyncProperty(name, given, async (tool, text) => {
        const result = await room.call(tool, text);
        expect(['saved', 'found', 'updated', 'deleted', 'listed', 'error']).toContain(result.status);
        expect(JSON.stringify(result)).not.toContain('of bert');
      }),
      { numRuns: 400 },
    );
    expect((await room.memories.history(room.caller, id)).chain).toEqual(before);
  });

  it('leave it to the turn when the store fails', async () => {
    class BrokenStore extends InMemoryMemoryStore {
      override list(): Promise<never> {
        return Promise.reject(new Error('disk full'));
      }
    }
    const { call, tools, caller } = aMemoryRoom(null, new InstantPause(), new BrokenStore());
    await expect(call('memory_list')).rejects.toThrow('disk full');
    expect(tools.use(caller)).toMatchObject({ calls: { memory_list: 1, memory_save: 0 }, errors: 1 });
  });

  it('are counted for each tenant by itself', async () => {
    const { call, tools, caller } = aMemoryRoom();
    await call('memory_save', { content: 'x' });
    await call('memory_delete', { memory_id: 'mem_x' });
    expect(tools.use(caller)).toMatchObject({ calls: { memory_save: 1, memory_delete: 1 }, errors: 1 });
    expect(tools.use({ ...caller, tenantId: 'other' })).toMatchObject({
      calls: { memory_save: 0 },
      errors: 0,
    });
  });
});
