import { beforeEach } from 'vitest';
import type { Caller } from '#libs/kernel';
import type {
  ArmHits,
  Embedding,
  Memory,
  MemoryListQuery,
  MemoryStore,
  MemoryView,
  NewMemory,
} from '#libs/memory';
import { aCaller } from '../../support/callers.js';
import { newTenant } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { aMemory, aView } from '../../support/memories.js';

export const LATER = new Date('2027-01-01T00:00:00.000Z');

/** A store under test, and the short words in which its contract is told. Each test works as a tenant of its own. */
export class MemoryRoom {
  clock = new FakeClock();
  caller: Caller = aCaller({ tenantId: newTenant() });
  #store: MemoryStore | undefined;

  constructor(open: (clock: FakeClock) => Promise<MemoryStore>) {
    beforeEach(async () => {
      this.clock = new FakeClock();
      this.caller = aCaller({ tenantId: newTenant() });
      this.#store = await open(this.clock);
    });
  }

  get store(): MemoryStore {
    if (this.#store === undefined) throw new Error('The store opens before each test.');
    return this.#store;
  }

  boundTo(...users: string[]): Caller {
    return { ...this.caller, users };
  }

  async add(overrides: Partial<Memory> = {}, extra: Partial<NewMemory> = {}): Promise<Memory> {
    const memory = { ...aMemory(this.clock, overrides), ...extra };
    return (await this.store.insert(this.caller, memory, 'supersede')).memory;
  }

  list(overrides: Partial<MemoryListQuery> = {}, view: Partial<MemoryView> = {}) {
    return this.store.list(this.caller, {
      limit: 50,
      orderBy: 'created_at',
      order: 'desc',
      view: aView(this.clock, view),
      ...overrides,
    });
  }

  async idsSeen(view: Partial<MemoryView> = {}): Promise<string[]> {
    return (await this.list({}, view)).data.map(({ id }) => id);
  }

  idsOf(hits: ArmHits): string[] {
    return hits.hits.map(({ memory }) => memory.id);
  }

  supersede(id: string, overrides: Partial<Memory> = {}, version?: number) {
    return this.store.supersede(this.caller, id, aMemory(this.clock, overrides), version);
  }

  saveEmbedding(id: string, { model, vector }: Embedding): Promise<void> {
    return this.store.saveEmbeddings(this.caller, model, new Map([[id, vector]]));
  }
}
