import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { isVisible, type Scope } from '#libs/kernel';
import { aCallerFor } from '../../support/callers.js';
import { aMemoryRoom } from '../../support/memory-room.js';

describe('the memory service', () => {
  let room: ReturnType<typeof aMemoryRoom>;

  beforeEach(() => {
    room = aMemoryRoom();
  });

  describe('creating', () => {
    it('fills in what the draft leaves out', async () => {
      const { memory, status } = await room.create('Prefers Go');
      expect(status).toBe('created');
      expect(memory).toMatchObject({
        content: 'Prefers Go',
        category: 'fact',
        importance: 0.5,
        entities: [],
        metadata: {},
        validFrom: room.clock.now(),
        version: 1,
      });
      expect(memory.id).toMatch(/^mem_/);
    });

    it('knows the same text again and notes where it was seen', async () => {
      const first = await room.remember('Prefers Go');
      const source = { conversationId: 'conv_2', messageIndex: 4 };
      const again = await room.create('  Prefers\nGo ', { source });
      expect(again).toMatchObject({ status: 'duplicate', memory: { id: first.id } });
      expect(again.memory.alsoSeen).toEqual([{ at: room.clock.now(), source }]);
    });

    it('names every fault by its path', async () => {
      const faulty = room.create(' ', {
        scope: { userId: 'a\u0000', agentId: '' },
        importance: 2,
        subject: '\ud800',
        entities: ['fine', ''],
        metadata: { deep: ['a\u0000'] },
        source: { messageIndex: -1 },
        expiresAt: new Date(Number.NaN),
      });
      const paths = [
        'user_id',
        'agent_id',
        'content',
        'importance',
        'entities[1]',
        'metadata.deep[0]',
        'subject',
        'expires_at',
        'source.message_index',
      ];
      await expect(faulty).rejects.toMatchObject({
        code: 'validation_error',
        details: { errors: paths.map((path) => ({ path })) },
      });
    });

    it('refuses secrets', async () => {
      const secret = `sk-ant-${'x1'.repeat(20)}`;
      await expect(room.create(`my key is ${secret}`)).rejects.toMatchObject({ code: 'secret_refused' });
      await expect(room.create('fine', { metadata: { key: secret } })).rejects.toMatchObject({
        code: 'secret_refused',
      });
    });

    it('reports a memory with the same terms in another order', async () => {
      const first = await room.remember('Anna works at ACME');
      const { nearDuplicate } = await room.create('At ACME works Anna');
      expect(nearDuplicate).toEqual({ id: first.id, similarity: 1 });
    });

    it('reports the same of each item of a small batch, also of one that came before it in the batch', async () => {
      const first = await room.remember('Anna works at ACME');
      const draft = (content: string) => ({ scope: { userId: 'anna' }, content });
      const outcomes = await room.memories.createMany(room.caller, [
        draft('At ACME works Anna'),
        draft('Likes green tea'),
        draft('Tea, green, likes'),
        draft('Anna works at ACME'),
      ]);
      const second = outcomes[1];
      expect(outcomes).toMatchObject([
        { status: 'created', nearDuplicate: { id: first.id, similarity: 1 } },
        { status: 'created', nearDuplicate: null },
        { status: 'created', nearDuplicate: { id: second?.status === 'created' && second.memory.id } },
        { status: 'duplicate', memory: { id: first.id } },
      ]);
    });

    it('says nothing of near duplicates in a batch that is too large to be compared', async () => {
      const drafts = Array.from({ length: 51 }, (_, i) => ({
        scope: { userId: 'anna' },
        content: `number ${i}`,
      }));
      const outcomes = await room.memories.createMany(room.caller, drafts);
      expect(outcomes.filter((outcome) => 'nearDuplicate' in outcome)).toEqual([]);
    });

    it('keeps a key inside its users', async () => {
      const stranger = aCallerFor(['bert']);
      const { id } = await room.remember('Prefers Go');
      const scope = { userId: 'anna' };
      const attempts = [
        () => room.memories.create(stranger, { scope, content: 'x' }),
        () => room.memories.get(stranger, id),
        () => room.memories.patch(stranger, id, { importance: 1 }),
        () => room.memories.remove(stranger, id),
        () => room.memories.supersede(stranger, id, { content: 'y' }),
        () => room.memories.history(stranger, id),
        () => room.memories.restore(stranger, id),
        () => room.memories.promote(stranger, id, 'user'),
        () => room.memories.list(stranger, { scope }),
        () => room.memories.search(stranger, { scope, query: 'go' }),
        () => room.memories.stats(stranger, scope),
        () => room.memories.removeScope(stranger, scope),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
    });

    it("answers another tenant's id with not found", async () => {
      const { id } = await room.remember('Prefers Go');
      const other = { ...room.caller, tenantId: 'tenant-b' };
      await expect(room.memories.get(other, id)).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  describe('creating many', () => {
    it('answers for each item in order; a faulty one spoils no other', async () => {
      const scope = { userId: 'anna' };
      const outcomes = await room.memories.createMany(room.caller, [
        { scope, content: 'one' },
        { scope, content: '' },
        { scope, content: 'one' },
        { scope: { userId: '\u0000' }, content: 'two' },
        { scope, content: 'three' },
      ]);
      expect(outcomes.map(({ index, status }) => [index, status])).toEqual([
        [0, 'created'],
        [1, 'error'],
        [2, 'duplicate'],
        [3, 'error'],
        [4, 'created'],
      ]);
    });
  });

  describe('chains', () => {
    it('replaces a memory on the same subject at the same level', async () => {
      const old = await room.remember('Works at Google', { subject: 'employer' });
      room.clock.advanceSeconds(1);
      const { memory, superseded } = await room.create('Works at Anthropic', { subject: 'employer' });
      expect(superseded).toMatchObject({ id: old.id, supersededBy: memory.id, validUntil: memory.validFrom });
      const { data } = await room.memories.list(room.caller, { scope: { userId: 'anna' } });
      expect(data.map(({ id }) => id)).toEqual([memory.id]);
    });

    it('keeps attributes that the successor does not name', async () => {
      const old = await room.remember('Works at Google', {
        category: 'entity',
        importance: 0.9,
        entities: ['Google'],
      });
      const { memory } = await room.memories.supersede(room.caller, old.id, {
        content: 'Works at ACME',
        reason: 'moved',
      });
      expect(memory).toMatchObject({
        category: 'entity',
        importance: 0.9,
        entities: ['Google'],
        supersedes: old.id,
        reason: 'moved',
      });
    });

    it('never fork, whatever is superseded and restored in whatever order', async () => {
      const action = fc.record({ target: fc.nat(), kind: fc.constantFrom('supersede', 'restore', 'remove') });
      await fc.assert(
        fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
          const { memories, caller, clock, remember } = aMemoryRoom();
          const made = [await remember('link 0')];
          for (const { target, kind } of actions) {
            clock.advanceSeconds(1);
            const { id } = made[target % made.length]!;
            const attempt =
              kind === 'remove'
                ? memories.remove(caller, id)
                : kind === 'restore'
                  ? memories.restore(caller, id).then(({ memory }) => made.push(memory))
                  : memories
                      .supersede(caller, id, { content: `link ${made.length}` })
                      .then(({ memory }) => made.push(memory));
            await attempt.catch((error: unknown) => {
              expect(error).toHaveProperty('code', expect.stringMatching(/^(conflict|not_found)$/));
            });
          }
          const { chain } = await memories.history(caller, made[0]!.id);
          expect(chain.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
          chain.forEach((link, i) => {
            expect(link.supersedes).toBe(chain[i - 1]?.id);
            expect(link.supersededBy).toBe(chain[i + 1]?.id);
          });
          const { data } = await memories.list(caller, { scope: { userId: 'anna' } });
          expect(data.length).toBeLessThanOrEqual(1);
        }),
        { numRuns: 60 },
      );
    });

    it('names the current memory when a superseded one is superseded', async () => {
      const old = await room.remember('one');
      const { memory } = await room.memories.supersede(room.caller, old.id, { content: 'two' });
      await expect(room.memories.supersede(room.caller, old.id, { content: 'three' })).rejects.toMatchObject({
        code: 'conflict',
        details: { current_id: memory.id },
      });
    });

    it('restores an older content as a new link', async () => {
      const first = await room.remember('Lives in Oslo');
      await room.memories.supersede(room.caller, first.id, { content: 'Lives in Bergen' });
      const { memory } = await room.memories.restore(room.caller, first.id);
      const { chain, currentId } = await room.memories.history(room.caller, first.id);
      expect(chain.map(({ content }) => content)).toEqual([
        'Lives in Oslo',
        'Lives in Bergen',
        'Lives in Oslo',
      ]);
      expect(currentId).toBe(memory.id);
      await expect(room.memories.restore(room.caller, memory.id)).rejects.toMatchObject({ code: 'conflict' });
    });

    it('does not bring the predecessor of a deleted memory back', async () => {
      const first = await room.remember('Lives in Oslo');
      const { memory } = await room.memories.supersede(room.caller, first.id, { content: 'Lives in Bergen' });
      await room.memories.remove(room.caller, memory.id);
      const { data } = await room.memories.list(room.caller, { scope: { userId: 'anna' } });
      expect(data).toEqual([]);
      expect(await room.memories.history(room.caller, first.id)).toMatchObject({ currentId: null });
    });
  });

  describe('promoting', () => {
    it('copies to a broader scope and never returns both', async () => {
      const scope = { userId: 'anna', sessionId: 's', agentId: 'a' };
      const { id } = await room.remember('Prefers Go', { scope });
      const { memory } = await room.memories.promote(room.caller, id, 'user');
      expect(memory).toMatchObject({ scope: { userId: 'anna' }, promotedFrom: id, content: 'Prefers Go' });
      const listed = await room.memories.list(room.caller, { scope });
      expect(listed.data.map((one) => one.id)).toEqual([memory.id]);
      const found = await room.memories.search(room.caller, { scope, query: 'go' });
      expect(found.hits.map((hit) => hit.memory.id)).toEqual([memory.id]);
    });

    it.each(['agent', 'session'] as const)('refuses to promote to %s what is not below it', async (to) => {
      const { id } = await room.remember('Prefers Go');
      await expect(room.memories.promote(room.caller, id, to)).rejects.toMatchObject({
        code: 'validation_error',
      });
    });
  });

  it('shows a memory exactly to the scopes that carry all its ids, look-alikes included', async () => {
    const id = fc.constantFrom(
      'a',
      'A',
      'ab',
      'a/b',
      'a%',
      'a_',
      '%',
      '_',
      'а',
      'a ',
      ' a',
      'á',
      'a\u0301',
      '*',
      "a'--",
    );
    const scope: fc.Arbitrary<Scope> = fc.record(
      { userId: id, sessionId: id, agentId: id, turnId: id },
      { requiredKeys: ['userId'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(scope, { minLength: 1, maxLength: 8 }), scope, async (owners, reader) => {
        const { memories, caller } = aMemoryRoom();
        await memories.createMany(
          caller,
          owners.map((owner, i) => ({ scope: owner, content: `shared word ${i}` })),
        );
        const wanted = owners
          .map((owner, i) => (isVisible(owner, reader) ? `shared word ${i}` : ''))
          .filter(Boolean);
        const { data } = await memories.list(caller, { scope: reader });
        const { hits } = await memories.search(caller, { scope: reader, query: 'shared' });
        expect(data.map((memory) => memory.content).sort()).toEqual(wanted.sort());
        expect(hits.map((hit) => hit.memory.content).sort()).toEqual(wanted);
      }),
    );
  });
});
