import { describe, expect, it } from 'vitest';
import { InMemoryMemoryStore, InMemoryTurns, InProcessJobQueue } from '#libs/adapters';
import {
  type Embedder,
  type EmbedderAvailability,
  MemoryService,
  type MemoryServiceOptions,
} from '#libs/memory';
import { aCaller } from '../../support/callers.js';
import { CountingIds } from '../../support/counting-ids.js';
import { FakeClock } from '../../support/fake-clock.js';
import { until } from '../../support/until.js';
import { InstantPause, ScriptedEmbedder } from '../../support/scripted-embedder.js';

const scope = { userId: 'anna' };
const caller = aCaller();
/** Only by meaning: the words of the question stand in no memory. */
const SYNONYMS = { automobil: 'car', physician: 'doctor' };

class NamedEmbedder extends ScriptedEmbedder {
  isClosed = false;

  constructor(
    override readonly model: string,
    isLocal = false,
  ) {
    super(isLocal, SYNONYMS);
  }

  override close(): Promise<void> {
    this.isClosed = true;
    return super.close();
  }
}

/** A local model that is being fetched until it is told to be there. */
class ArrivingEmbedder extends NamedEmbedder {
  #listener: () => void = () => undefined;
  #isThere = false;

  override get availability(): EmbedderAvailability {
    return this.#isThere ? { status: 'ready' } : { status: 'downloading', percent: 40 };
  }

  override onReady(listener: () => void): void {
    this.#listener = listener;
  }

  arrive(): void {
    this.#isThere = true;
    this.#listener();
  }
}

/** A process on the store; the clock and the ids of several agree. */
function aProcess(
  store: InMemoryMemoryStore,
  embedder: Embedder,
  options: MemoryServiceOptions = {},
  pause = new InstantPause(),
): MemoryService {
  return new MemoryService(store, embedder, clock, ids, pause, new InProcessJobQueue(), options);
}
const clock = new FakeClock();
const ids = new CountingIds();

async function aStoreEmbeddedBy(
  embedder: Embedder,
  contents: readonly string[],
): Promise<InMemoryMemoryStore> {
  const store = new InMemoryMemoryStore();
  const before = aProcess(store, embedder);
  await before.createMany(
    caller,
    contents.map((content) => ({ scope, content })),
  );
  await before.settle();
  await before.stop();
  return store;
}

const found = async (memories: MemoryService, query: string): Promise<readonly string[]> => {
  const { hits } = await memories.search(caller, { scope, query, mode: 'semantic' });
  return hits.map(({ memory }) => memory.content);
};

describe('a change of the embedding model', () => {
  it('embeds everything anew, says how far it is, and lets go of the old model in the end', async () => {
    const store = await aStoreEmbeddedBy(new NamedEmbedder('old'), ['Drives a red car', 'Lives in Oslo']);
    const fresh = new NamedEmbedder('new');
    const earlier = new NamedEmbedder('old');
    const memories = aProcess(store, fresh, { openEarlier: () => earlier });
    expect(await memories.embedderStatus()).toEqual({
      model: 'new',
      mode: 'hybrid',
      pending: 2,
      change: { from: ['old'], done: 0, total: 2 },
    });
    await memories.settle();
    expect(await memories.embedderStatus()).toEqual({ model: 'new', mode: 'hybrid', pending: 0 });
    expect(await store.embeddingModels()).toEqual([{ model: 'new', dimensions: 64 }]);
    expect(earlier.isClosed).toBe(true);
    expect(await found(memories, 'automobile')).toEqual(['Drives a red car']);
    await memories.stop();
  });

  it('finds by the old model what the new one has not reached', async () => {
    const store = await aStoreEmbeddedBy(new NamedEmbedder('old'), ['Drives a red car', 'Sees a doctor']);
    const fresh = new NamedEmbedder('new');
    fresh.refused.add('Sees a doctor');
    const memories = aProcess(store, fresh, { openEarlier: () => new NamedEmbedder('old') });
    await memories.settle();
    expect(await memories.embedderStatus()).toMatchObject({ pending: 1, setAside: 1 });
    expect(await found(memories, 'automobile')).toEqual(['Drives a red car']);
    expect(await found(memories, 'physician')).toEqual(['Sees a doctor']);
    await memories.stop();
  });

  it('is searched by the old model alone while the new one is down', async () => {
    const store = await aStoreEmbeddedBy(new NamedEmbedder('old'), ['Drives a red car']);
    const fresh = new NamedEmbedder('new');
    fresh.state = 'down';
    const pause = new InstantPause((milliseconds) => milliseconds !== 2_000);
    const memories = aProcess(store, fresh, { openEarlier: () => new NamedEmbedder('old') }, pause);
    await memories.settle();
    expect(await found(memories, 'automobile')).toEqual(['Drives a red car']);
    await memories.stop();
  });

  it('is searched by the old model while the new one is still on its way', async () => {
    const store = await aStoreEmbeddedBy(new NamedEmbedder('old'), ['Drives a red car']);
    const arriving = new ArrivingEmbedder('new');
    const memories = aProcess(store, arriving, { openEarlier: () => new NamedEmbedder('old') });
    memories.start();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await found(memories, 'automobile')).toEqual(['Drives a red car']);
    expect(await memories.embedderStatus()).toMatchObject({
      model: 'new',
      mode: 'hybrid',
      pending: 1,
      availability: { status: 'downloading', percent: 40 },
    });
    arriving.arrive();
    await memories.settle();
    expect(await store.countEmbedded('new')).toBe(1);
    await memories.stop();
  });

  it('is covered by keywords where the old model cannot be had, or fails', async () => {
    const broken = new NamedEmbedder('old');
    broken.state = 'down';
    for (const openEarlier of [() => null, () => broken]) {
      const store = await aStoreEmbeddedBy(new NamedEmbedder('old'), ['Drives a red car']);
      const fresh = new NamedEmbedder('new');
      fresh.state = 'down';
      const pause = new InstantPause((milliseconds) => milliseconds !== 2_000);
      const memories = aProcess(store, fresh, { openEarlier }, pause);
      await memories.settle();
      const outcome = await memories.search(caller, { scope, query: 'car' });
      expect(outcome).toMatchObject({ mode: 'keyword', fallback: 'embedder_failed' });
      expect(outcome.hits).toHaveLength(1);
      await memories.stop();
    }
    expect(broken.isClosed).toBe(true);
  });

  it('is not undone by a server that still runs with the old model', async () => {
    const store = await aStoreEmbeddedBy(new NamedEmbedder('old'), ['Drives a red car']);
    const old = aProcess(store, new NamedEmbedder('old'));
    await old.settle();
    const memories = aProcess(store, new NamedEmbedder('new'));
    await memories.settle();
    await old.create(caller, { scope, content: 'Lives in Oslo' });
    await old.settle();
    expect(await store.countEmbedded('new')).toBe(1);
    expect(await store.countEmbedded('old')).toBe(1);
    await memories.settle();
    expect(await store.countEmbedded('new')).toBe(2);
  });
});

describe('the length of vectors', () => {
  it('must not change under one name: nothing is mixed, and the remedy is told', async () => {
    const store = await aStoreEmbeddedBy(new NamedEmbedder('model'), ['Drives a red car']);
    const other = new (class extends NamedEmbedder {
      override async embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
        return (await super.embed(texts)).map((vector) => vector.slice(0, 32));
      }
    })('model');
    const pause = new InstantPause((milliseconds) => milliseconds !== 2_000);
    const memories = aProcess(store, other, {}, pause);
    await memories.create(caller, { scope, content: 'Lives in Oslo' });
    await memories.settle();
    const status = await memories.embedderStatus();
    expect(status).toMatchObject({ pending: 1 });
    expect(status.lastError).toMatch(/64 dimensions before and gives 32 now.*HEADROOM_EMBEDDER_MODEL/);
    const outcome = await memories.search(caller, { scope, query: 'oslo' });
    expect(outcome).toMatchObject({ mode: 'keyword', fallback: 'embedder_failed' });
    await memories.stop();
  });
});

describe('several processes on one store', () => {
  it('do not embed the same memories twice, and one takes over from another', async () => {
    const store = new InMemoryMemoryStore();
    const held = new Map<string, InMemoryTurns>();
    const first = new NamedEmbedder('model');
    const second = new NamedEmbedder('model');
    const one = aProcess(store, first, { turns: new InMemoryTurns(held) });
    const other = aProcess(store, second, { turns: new InMemoryTurns(held) });
    const contents = Array.from({ length: 300 }, (_, i) => `memory number ${i}`);
    await one.createMany(
      caller,
      contents.slice(0, 100).map((content) => ({ scope, content })),
    );
    await Promise.all([one.settle(), other.settle()]);
    // The first one hangs with its turn, and then dies.
    first.state = 'hanging';
    await one.createMany(
      caller,
      contents.slice(100).map((content) => ({ scope, content })),
    );
    one.start();
    await until(
      () => Promise.resolve(held.size),
      (turns) => turns === 1,
    );
    other.start();
    held.clear();
    await other.settle();
    expect([...first.embedded, ...second.embedded].toSorted()).toEqual(contents.toSorted());
    await other.stop();
  });
});

describe('texts that the model refuses', () => {
  it('hold up no other, however many stand together', async () => {
    const store = new InMemoryMemoryStore();
    const embedder = new NamedEmbedder('model');
    const memories = aProcess(store, embedder);
    const poison = Array.from({ length: 70 }, (_, i) => `poison ${i}`);
    poison.forEach((text) => embedder.refused.add(text));
    await memories.createMany(
      caller,
      [...poison, 'Drives a red car'].map((content) => ({ scope, content })),
    );
    await memories.settle();
    expect(await memories.embedderStatus()).toMatchObject({ pending: 70, setAside: 70 });
    expect(await found(memories, 'automobile')).toEqual(['Drives a red car']);
    await memories.stop();
  });
});
