import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InMemoryMemoryStore, InProcessJobQueue, SqlMemoryStore } from '#libs/adapters';
import type { Scope } from '#libs/kernel';
import { isCurrent, type Memory, MemoryService, type MemoryStore, type RollbackChange } from '#libs/memory';
import { aCaller, aCallerFor } from '../../support/callers.js';
import { CountingIds } from '../../support/counting-ids.js';
import { newTenant, sqliteKind, describeOnDatabases } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { aMemoryRoom } from '../../support/memory-room.js';
import { InstantPause } from '../../support/scripted-embedder.js';

const ANNA: Scope = { userId: 'anna' };
const SCOPES: readonly Scope[] = [
  ANNA,
  { userId: 'anna', sessionId: 's' },
  { userId: 'anna', sessionId: 's', agentId: 'a' },
  { userId: 'anna', sessionId: 't' },
];

type Event =
  | {
      readonly kind: 'create';
      readonly scope: number;
      readonly text: number;
      readonly subject: number;
      readonly life: number;
    }
  | { readonly kind: 'supersede'; readonly which: number; readonly text: number }
  | { readonly kind: 'restore' | 'promote' | 'delete'; readonly which: number }
  | { readonly kind: 'rollback'; readonly back: number };

const natural = fc.nat({ max: 7 });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      scope: natural,
      text: natural,
      subject: natural,
      life: natural,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('supersede' as const), which: natural, text: natural }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('restore' as const, 'promote' as const, 'delete' as const),
      which: natural,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rollback' as const), back: natural }) },
);

/** A store with a history of its own, and what was current after each event, by what it says. */
class History {
  readonly clock = new FakeClock();
  readonly caller = aCaller({ tenantId: newTenant() });
  readonly instants: Date[] = [this.clock.now()];
  readonly memories: MemoryService;
  readonly #ids: string[] = [];

  readonly store: MemoryStore;

  constructor(open: (clock: FakeClock) => MemoryStore) {
    this.store = open(this.clock);
    this.memories = new MemoryService(
      this.store,
      null,
      this.clock,
      new CountingIds(),
      new InstantPause(),
      new InProcessJobQueue(),
    );
  }

  async live(events: readonly Event[]): Promise<void> {
    for (const one of events) {
      this.clock.advanceSeconds(10);
      // What the rules refuse (a fork, a promotion to where it is) is no event.
      await this.#happen(one).catch(() => undefined);
      this.instants.push(this.clock.now());
    }
    this.clock.advanceSeconds(10);
  }

  rollBack(to: Date, scope: Scope, dryRun = false): Promise<readonly RollbackChange[]> {
    return this.memories.rollback(this.caller, { scope, to, dryRun });
  }

  async everything(): Promise<readonly Memory[]> {
    return (await this.store.storedAfter(this.caller, ANNA, 0, 10_000)).memories;
  }

  /** What the service lists, as it was known at an instant. */
  async known(at: Date): Promise<readonly string[]> {
    const request = { scope: ANNA, scopeMode: 'subtree', limit: 200, asOf: at, knownAsOf: at } as const;
    const { data } = await this.memories.list(this.caller, request);
    return data.map(({ id }) => id).sort();
  }

  async #happen(one: Event): Promise<void> {
    const id = 'which' in one ? (this.#ids[one.which % Math.max(this.#ids.length, 1)] ?? 'none') : '';
    switch (one.kind) {
      case 'create': {
        const now = this.clock.now().getTime();
        const { memory } = await this.memories.create(this.caller, {
          scope: SCOPES[one.scope % SCOPES.length] ?? ANNA,
          content: `text ${one.text}`,
          ...(one.subject < 3 && { subject: `subject ${one.subject}` }),
          ...(one.life > 5 && { expiresAt: new Date(now + one.life * 5_000) }),
        });
        this.#ids.push(memory.id);
        return;
      }
      case 'supersede':
        this.#ids.push(
          (await this.memories.supersede(this.caller, id, { content: `text ${one.text}` })).memory.id,
        );
        return;
      case 'restore':
        this.#ids.push((await this.memories.restore(this.caller, id)).memory.id);
        return;
      case 'promote':
        this.#ids.push((await this.memories.promote(this.caller, id, 'user')).memory.id);
        return;
      case 'delete':
        await this.memories.remove(this.caller, id);
        return;
      case 'rollback': {
        const to = this.instants[one.back % this.instants.length] ?? this.clock.now();
        for (const { after } of await this.rollBack(to, ANNA))
          if (after !== undefined) this.#ids.push(after.id);
      }
    }
  }
}

/** What a memory says and where, whichever link of its chain says it. */
const statement = ({ scope, content, subject, promotedFrom }: Memory): string =>
  JSON.stringify([scope, content, subject, promotedFrom]);

const isIn = (scope: Scope, memory: Memory): boolean =>
  (scope.sessionId === undefined || memory.scope.sessionId === scope.sessionId) &&
  (scope.agentId === undefined || memory.scope.agentId === scope.agentId);

/** Current then by what was recorded, and neither erased nor expired since. */
const wasCurrent = (memory: Memory, at: Date, now: Date): boolean =>
  memory.createdAt <= at &&
  (memory.supersededAt === undefined || memory.supersededAt > at) &&
  memory.deletedAt === undefined &&
  (memory.expiresAt === undefined || memory.expiresAt > now);

const stated = (memories: readonly Memory[]): string[] => memories.map(statement).sort();

async function expectRollback(history: History, to: Date, scope: Scope): Promise<void> {
  const now = history.clock.now();
  const before = await history.everything();
  const past = await Promise.all(history.instants.map((at) => history.known(at)));
  const [inside, outside] = [(one: Memory) => isIn(scope, one), (one: Memory) => !isIn(scope, one)];

  const dry = await history.rollBack(to, scope, true);
  expect(await history.everything()).toEqual(before);
  const real = await history.rollBack(to, scope);
  const told = (changes: readonly RollbackChange[]) =>
    changes.map(({ id, action, before: was, after }) => [id, action, was, after && statement(after)]);
  expect(told(dry)).toEqual(told(real));

  const after = await history.everything();
  const current = after.filter((memory) => isCurrent(memory, now));
  const expected = before.filter((memory) => wasCurrent(memory, to, now) && inside(memory));
  expect(stated(current.filter(inside))).toEqual(stated(expected));
  expect(after.filter(outside)).toEqual(before.filter(outside));
  expect(await Promise.all(history.instants.map((at) => history.known(at)))).toEqual(past);
  for (const { id } of after) {
    const chain = await history.store.chain(history.caller, id);
    chain.forEach((link, i) => {
      expect([link.supersedes, link.supersededBy]).toEqual([chain[i - 1]?.id, chain[i + 1]?.id]);
    });
  }

  history.clock.advanceSeconds(1);
  expect(await history.rollBack(to, scope)).toEqual([]);
}

function rollsBackAnyHistory(open: (clock: FakeClock) => MemoryStore, numRuns: number): void {
  it('returns any history to any of its instants, changes no past, and does nothing twice', async () => {
    const cases = fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 25 }),
      fc.nat({ max: 25 }),
      fc.nat({ max: SCOPES.length - 1 }),
      async (events, back, where) => {
        const history = new History(open);
        await history.live(events);
        const to = history.instants[back % history.instants.length] ?? history.clock.now();
        await expectRollback(history, to, SCOPES[where] ?? ANNA);
      },
    );
    await fc.assert(cases, { numRuns });
  });
}

describe('a rollback on the in-memory store', () => {
  rollsBackAnyHistory(() => new InMemoryMemoryStore(), 400);
});

describeOnDatabases(
  'a rollback',
  (database) => {
    rollsBackAnyHistory((clock) => new SqlMemoryStore(database(), clock), 40);
  },
  [sqliteKind],
);

describe('a rollback of the memory service', () => {
  it('refuses what is no instant, or lies ahead, and says so', async () => {
    const { memories, caller, clock } = aMemoryRoom();
    const rollBack = (to: Date) => memories.rollback(caller, { scope: ANNA, to });
    await expect(rollBack(new Date(Number.NaN))).rejects.toMatchObject({
      code: 'validation_error',
      message: 'to: must be a time',
    });
    const ahead = new Date(clock.now().getTime() + 1);
    await expect(rollBack(ahead)).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining('future') as string,
    });
    expect(await rollBack(clock.now())).toEqual([]);
  });

  it('keeps a key inside its users', async () => {
    const { memories, clock } = aMemoryRoom();
    const stranger = aCallerFor(['bert']);
    await expect(memories.rollback(stranger, { scope: ANNA, to: clock.now() })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('lets a retired memory be restored and superseded', async () => {
    const { memories, caller, clock, remember } = aMemoryRoom();
    const start = clock.now();
    clock.advanceSeconds(10);
    const [one, two] = [await remember('one'), await remember('two')];
    clock.advanceSeconds(10);
    await memories.rollback(caller, { scope: ANNA, to: start });
    expect(await memories.history(caller, one.id)).toMatchObject({
      chain: [{ id: one.id }],
      currentId: null,
    });
    clock.advanceSeconds(10);
    const restored = await memories.restore(caller, one.id);
    expect(restored.memory).toMatchObject({ content: 'one', supersedes: one.id });
    await memories.supersede(caller, two.id, { content: 'three' });
    const { data } = await memories.list(caller, { scope: ANNA });
    expect(data.map(({ content }) => content).sort()).toEqual(['one', 'three']);
    await expect(memories.restore(caller, restored.memory.id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('shows the original again when its promoted copy is retired', async () => {
    const { memories, caller, clock, remember } = aMemoryRoom();
    const scope = { userId: 'anna', sessionId: 's' };
    const narrow = await remember('one', { scope, subject: 'thing' });
    const start = clock.now();
    clock.advanceSeconds(10);
    await memories.promote(caller, narrow.id, 'user');
    clock.advanceSeconds(10);
    await memories.rollback(caller, { scope: ANNA, to: start });
    const { data } = await memories.list(caller, { scope });
    expect(data.map(({ id }) => id)).toEqual([narrow.id]);
    const found = await memories.search(caller, { scope, query: 'one' });
    expect(found.hits.map(({ memory }) => memory.id)).toEqual([narrow.id]);
  });

  it('lets no retired memory shadow a broader one', async () => {
    const { memories, caller, clock, remember } = aMemoryRoom();
    const scope = { userId: 'anna', sessionId: 's' };
    const broad = await remember('lives in Rome', { subject: 'home' });
    const start = clock.now();
    clock.advanceSeconds(10);
    await remember('lives in Oslo', { scope, subject: 'home' });
    clock.advanceSeconds(10);
    await memories.rollback(caller, { scope: ANNA, to: start });
    const { hits, suppressed } = await memories.search(caller, { scope, query: 'lives' });
    expect(hits.map(({ memory }) => memory.id)).toEqual([broad.id]);
    expect(suppressed).toEqual({ superseded: 1, expired: 0, shadowed: 0 });
  });
});
