import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadroomError, type Caller } from '#libs/kernel';
import type { MemoryStore, NewMemory, OnSubject } from '#libs/memory';
import { aCaller } from '../../support/callers.js';
import { newTenant } from '../../support/databases.js';
import { aMemory, aView, words } from '../../support/memories.js';
import type { MemoryRoom } from './memory-room.js';

interface Item {
  readonly memory: NewMemory;
  readonly onSubject: OnSubject;
}

/** Few values each, so that many of a batch meet. */
const drafts = fc.record({
  content: fc.constantFrom('likes tea', 'likes black tea', 'works in Rome', 'keeps bees'),
  subject: fc.constantFrom(undefined, undefined, 'drink', 'town'),
  sessionId: fc.constantFrom(undefined, undefined, 's'),
  userId: fc.constantFrom('anna', 'anna', 'bert', 'cleo'),
  onSubject: fc.constantFrom<OnSubject>('supersede', 'supersede', 'coexist', 'conflict'),
  beginsMs: fc.constantFrom(0, 0, 0, -1, 1),
  endsMs: fc.constantFrom(undefined, undefined, undefined, undefined, -1, 60_000),
  isEmbedded: fc.boolean(),
  /** The id of another item: it is refused, and spoils no other. */
  isTwice: fc.integer({ min: 0, max: 30 }).map((n) => n === 0),
});
type Draft = typeof drafts extends fc.Arbitrary<infer T> ? T : never;

const USERS = ['anna', 'bert', 'cleo'];
const TERMS = ['likes', 'tea', 'black', 'works', 'rome', 'bees'];

/** A batch has the outcome of its items one after the other, however they meet. */
export function storingBatches(room: MemoryRoom): void {
  describe('storing batches', () => {
    it('leaves outcomes, chains, text index and vectors as the same inserts one by one do', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(drafts, { maxLength: 4 }),
          fc.array(drafts, { minLength: 1, maxLength: 12 }),
          async (before, batch) => {
            const oneByOne = new Side(room);
            const atOnce = new Side(room);
            for (const side of [oneByOne, atOnce]) await side.insertEach(before);
            room.clock.advanceSeconds(1);
            expect(await atOnce.insertMany(batch)).toEqual(await oneByOne.insertEach(batch));
            expect(await atOnce.everything()).toEqual(await oneByOne.everything());
          },
        ),
        { numRuns: 30 },
      );
    });

    it('refuses what belongs to a user out of reach and stores the rest', async () => {
      const memories = ['anna', 'bert', 'anna'].map((userId) => ({
        memory: aMemory(room.clock, { scope: { userId } }),
        onSubject: 'supersede' as const,
      }));
      const outcomes = await room.store.insertMany(room.boundTo('anna'), memories);
      expect(outcomes).toMatchObject([{ status: 'created' }, { code: 'forbidden' }, { status: 'created' }]);
      expect(await room.idsSeen()).toHaveLength(2);
    });

    it('keeps a thousand in their order', async () => {
      const memories = Array.from({ length: 1_000 }, (_, i) => ({
        memory: aMemory(room.clock, {
          content: `fact ${i}`,
          subject: i % 2 === 0 ? 'number' : `number ${i}`,
        }),
        onSubject: 'supersede' as const,
      }));
      const outcomes = await room.store.insertMany(room.caller, memories);
      expect(outcomes.every((outcome) => !(outcome instanceof Error) && outcome.status === 'created')).toBe(
        true,
      );
      const [first] = memories;
      const chain = await room.store.chain(room.caller, first?.memory.memory.id ?? '');
      expect(chain.map(({ content }) => content)).toEqual(
        Array.from({ length: 500 }, (_, i) => `fact ${i * 2}`),
      );
    });
  });
}

/** A tenant of its own, in which the items have ids of their own; answers are told without either. */
class Side {
  readonly #caller: Caller = aCaller({ tenantId: newTenant() });
  readonly #room: MemoryRoom;
  readonly #ids: string[] = [];

  constructor(room: MemoryRoom) {
    this.#room = room;
  }

  async insertEach(batch: readonly Draft[]): Promise<readonly unknown[]> {
    const outcomes: unknown[] = [];
    for (const { memory, onSubject } of this.#items(batch)) {
      outcomes.push(
        await this.#store.insert(this.#caller, memory, onSubject).catch((error: unknown) => error),
      );
    }
    return outcomes.map((outcome) => this.#told(outcome));
  }

  async insertMany(batch: readonly Draft[]): Promise<readonly unknown[]> {
    const outcomes = await this.#store.insertMany(this.#caller, this.#items(batch));
    return outcomes.map((outcome) => this.#told(outcome));
  }

  async everything(): Promise<unknown> {
    const ofUsers = USERS.map(async (userId) => {
      const view = aView(this.#room.clock, { scope: { userId }, mode: 'subtree', includeSuperseded: true });
      const query = { model: 'm', vector: Float32Array.from([1, 2]) };
      return {
        words: await this.#store.keywordHits(this.#caller, view, words(TERMS), 50),
        vectors: await this.#store.semanticHits(this.#caller, view, query, 50),
      };
    });
    const chains = this.#ids.map(async (id) => [await this.#store.chain(this.#caller, id)]);
    return this.#told([await Promise.all(ofUsers), await Promise.all(chains)]);
  }

  get #store(): MemoryStore {
    return this.#room.store;
  }

  #items(batch: readonly Draft[]): Item[] {
    return batch.map((draft) => {
      const { content, subject, userId, sessionId, onSubject, beginsMs, endsMs, isEmbedded, isTwice } = draft;
      const now = this.#room.clock.now().getTime();
      const made = aMemory(this.#room.clock, {
        content,
        subject,
        scope: { userId, sessionId },
        validFrom: new Date(now + beginsMs),
        expiresAt: endsMs === undefined ? undefined : new Date(now + endsMs),
      });
      const id = (isTwice ? this.#ids.at(-1) : undefined) ?? made.memory.id;
      this.#ids.push(id);
      const embedding = { model: 'm', vector: Float32Array.from([content.length, this.#ids.length]) };
      return {
        memory: { ...made, memory: { ...made.memory, id }, ...(isEmbedded && { embedding }) },
        onSubject,
      };
    });
  }

  /** JSON in which ids are the number of the item. */
  #told(answer: unknown): unknown {
    return JSON.parse(
      JSON.stringify(answer, (_key, value: unknown) => {
        if (value instanceof HeadroomError)
          return { refused: value.code, current: value.details['current_id'] };
        const item = typeof value === 'string' ? this.#ids.indexOf(value) : -1;
        return item === -1 ? value : `item ${item}`;
      }),
    ) as unknown;
  }
}
