import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqlMemoryStore, SqlUserErasure } from '#libs/adapters';
import type { Embedding } from '#libs/memory';
import { ExactVectorSearch } from '../../../libs/adapters/src/vector/exact/exact-vector-search.js';
import { VectorCache } from '../../../libs/adapters/src/vector/exact/vector-cache.js';
import { HnswVectorSearch } from '../../../libs/adapters/src/vector/hnsw/hnsw-vector-search.js';
import { PAGE_BYTES } from '../../../libs/adapters/src/vector/exact/kernel/scan-kernel.js';
import { MOST_COMPARED } from '../../../libs/adapters/src/vector/hnsw/hnsw-candidates.js';
import { hasHnswlib } from '../../../libs/adapters/src/vector/hnsw/hnsw-worker.js';
import { seededRandom } from '../../bench/samples.js';
import { aCaller } from '../../support/callers.js';
import { describeOnDatabases, newTenant, postgresKind, sqliteKind } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { aMemory, aView, saveEmbedding } from '../../support/memories.js';

const DIMENSIONS = 24;
/** More than there is room for indexes. */
const USERS = ['anna', 'bert', 'carl', 'dora', 'emil', 'fred'];
const WORTH_AN_INDEX = 400;

describe.skipIf(!hasHnswlib())('hnswlib', () => {
  describeOnDatabases(
    'an index of hnswlib',
    (database) => {
      const random = seededRandom(11);
      const embedding = (): Embedding => ({
        model: 'm',
        vector: Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5),
      });
      let folder = '';
      let clock = new FakeClock();
      let caller = aCaller();
      let opened: HnswVectorSearch[] = [];

      beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), 'headroom-hnsw-'));
        clock = new FakeClock();
        caller = aCaller({ tenantId: newTenant() });
        opened = [];
      });
      afterEach(async () => {
        for (const vectors of opened) await vectors.close();
        // Upkeep is for every tenant: none may be left to the next test.
        for (const userId of USERS) await exact().removeScope(caller, { userId });
        rmSync(folder, { recursive: true, force: true });
      });

      const open = (cache = new VectorCache()) => {
        const vectors = new HnswVectorSearch(database().unitOfWork, {
          folder,
          worthAnIndex: WORTH_AN_INDEX,
          cache,
        });
        opened.push(vectors);
        return { vectors, store: new SqlMemoryStore(database(), clock, vectors) };
      };
      const exact = () => new SqlMemoryStore(database(), clock, new ExactVectorSearch());

      const fill = async (store: SqlMemoryStore, count: number, userId = 'anna') => {
        const memories = Array.from({ length: count }, (_, n) => ({
          memory: {
            ...aMemory(clock, { scope: { userId }, metadata: { n } }),
            embedding: embedding(),
          },
          onSubject: 'coexist' as const,
        }));
        await store.insertMany(caller, memories);
        return memories.map(({ memory }) => memory.memory);
      };
      const idsNear = async (store: SqlMemoryStore, query: Embedding, view = aView(clock), limit = 20) =>
        (await store.semanticHits(caller, view, query, limit)).hits.map(({ memory }) => memory.id);
      /** A search asks for the index, which is then built in the background. */
      const ready = async ({ vectors, store }: ReturnType<typeof open>, userId = 'anna') => {
        await idsNear(store, embedding(), aView(clock, { scope: { userId } }));
        await vectors.settled();
      };
      const recall = async (store: SqlMemoryStore) => {
        let found = 0;
        let all = 0;
        for (let i = 0; i < 20; i++) {
          const query = embedding();
          const wanted = new Set(await idsNear(exact(), query));
          found += (await idsNear(store, query)).filter((id) => wanted.has(id)).length;
          all += wanted.size;
        }
        return found / all;
      };

      it('is built beside the searches, grows, and finds what comparing with all finds', async () => {
        const { vectors, store } = open();
        await fill(store, 500);
        const query = embedding();
        expect(await idsNear(store, query)).toEqual(await idsNear(exact(), query));
        await ready({ vectors, store });
        expect(vectors.describe()).toEqual({ kind: 'hnsw', ready: 1 });
        expect(await recall(store)).toBeGreaterThan(0.98);
        // More than it had room for at first.
        await fill(store, 1_200);
        await ready({ vectors, store });
        expect(await recall(store)).toBeGreaterThan(0.98);

        const one = aView(clock, { filter: { field: 'metadata.n', operator: 'eq', value: 1_100 } });
        expect(await idsNear(store, query, one)).toHaveLength(1);
        const few = aView(clock, { filter: { field: 'metadata.n', operator: 'lt', value: 4 } });
        expect(await idsNear(store, query, few)).toEqual(await idsNear(exact(), query, few));
        expect(await idsNear(store, query, few)).toHaveLength(8);
      });

      it('knows at once what was added, embedded anew or removed since', async () => {
        const { vectors, store } = open();
        const [first, second, third] = await fill(store, 500);
        await ready({ vectors, store });
        const query = embedding();
        await saveEmbedding(store, caller, first!.id, query);
        expect((await idsNear(store, query))[0]).toBe(first!.id);
        const added = { ...aMemory(clock), embedding: query };
        await store.insert(caller, added, 'coexist');
        expect((await idsNear(store, query)).slice(0, 2)).toEqual([added.memory.id, first!.id]);
        await store.remove(caller, added.memory.id, clock.now());
        await store.remove(caller, second!.id, clock.now());
        expect(await idsNear(store, query)).toEqual(await idsNear(exact(), query));
        await ready({ vectors, store });
        expect((await idsNear(store, query))[0]).toBe(first!.id);
        const all = await idsNear(store, query, aView(clock), 600);
        expect(all).toHaveLength(499);
        expect(all).not.toContain(second!.id);
        expect(all).toContain(third!.id);
      });

      it('is begun before somebody searches', async () => {
        const { vectors, store } = open();
        await fill(store, 500);
        await vectors.tidy();
        expect(vectors.describe()).toEqual({ kind: 'hnsw', building: 1 });
      });

      it('answers with the newest, and with what it holds so far, where there is no room to compare all', async () => {
        const { vectors, store } = open(new VectorCache(PAGE_BYTES));
        const oldest = { ...aMemory(clock), embedding: embedding() };
        await store.insert(caller, oldest, 'coexist');
        await fill(store, MOST_COMPARED + 500);
        const newest = { ...aMemory(clock), embedding: embedding() };
        await store.insert(caller, newest, 'coexist');
        expect((await idsNear(store, newest.embedding))[0]).toBe(newest.memory.id);
        expect(await idsNear(store, oldest.embedding)).toHaveLength(20);
        expect(vectors.describe()).toEqual({ kind: 'hnsw', building: 1 });
        await vectors.settled();
        expect((await idsNear(store, oldest.embedding))[0]).toBe(oldest.memory.id);
        expect((await idsNear(store, newest.embedding))[0]).toBe(newest.memory.id);
      });

      it('is saved, and read again by the next server', async () => {
        const before = open();
        await fill(before.store, 500);
        await ready(before);
        await before.vectors.close();
        const files = readdirSync(folder);
        expect(files.filter((name) => name.endsWith('.graph'))).toHaveLength(1);
        const after = open();
        await fill(after.store, 3);
        await ready(after);
        expect(after.vectors.describe()).toEqual({ kind: 'hnsw', ready: 1 });
        expect(await recall(after.store)).toBeGreaterThan(0.98);
        // The few new ones are not worth writing all of it again.
        expect(readdirSync(folder)).toEqual(files);
      });

      it('is built anew where its file was damaged', async () => {
        const before = open();
        await fill(before.store, 500);
        await ready(before);
        await before.vectors.close();
        const graph = join(
          folder,
          readdirSync(folder).find((name) => name.endsWith('.graph'))!,
        );
        const bytes = readFileSync(graph);
        bytes.fill(255, 200, 4_000);
        writeFileSync(graph, bytes);
        const after = open();
        await ready(after);
        expect(await recall(after.store)).toBeGreaterThan(0.98);
        expect(readdirSync(folder)).toHaveLength(3);
        expect(readdirSync(folder)).not.toContain(graph);
      });

      it('keeps nothing of a vector that was erased', async () => {
        const { vectors, store } = open();
        const [first] = await fill(store, 500);
        // Of length 1 as it stands, so that its bytes are those of the file.
        const telling = new Float32Array(DIMENSIONS);
        telling.set([0.5, -0.5, -0.5, 0.5]);
        await saveEmbedding(store, caller, first!.id, { model: 'm', vector: telling });
        await ready({ vectors, store });
        const bytes = Buffer.from(telling.buffer).subarray(0, 16);
        const holders = () =>
          readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(bytes));
        expect(holders()).toHaveLength(1);
        await store.remove(caller, first!.id, clock.now());
        await ready({ vectors, store });
        expect(holders()).toEqual([]);
      });

      it('is read again for tidying only where it is behind, when there are more than have room', async () => {
        const { vectors, store } = open();
        for (const userId of USERS) {
          await fill(store, 400, userId);
          await ready({ vectors, store }, userId);
        }
        await vectors.tidy();
        await vectors.settled();
        const graphs = () => readdirSync(folder).filter((name) => name.endsWith('.graph'));
        const before = graphs();
        expect(before).toHaveLength(USERS.length);
        await vectors.tidy();
        expect(vectors.describe()).not.toHaveProperty('building');
        const [erased] = await fill(store, 1, 'anna');
        await store.remove(caller, erased!.id, clock.now());
        await vectors.tidy();
        await vectors.settled();
        await vectors.tidy();
        expect(vectors.describe()).not.toHaveProperty('building');
      });

      it('is tidied without a search: what was erased goes from the disk, and an index without vectors too', async () => {
        const before = open();
        const [first] = await fill(before.store, 500);
        const telling = new Float32Array(DIMENSIONS);
        telling.set([0.5, -0.5, -0.5, 0.5]);
        await saveEmbedding(before.store, caller, first!.id, { model: 'm', vector: telling });
        await ready(before);
        await before.vectors.close();
        const holders = () =>
          readdirSync(folder).filter((name) =>
            readFileSync(join(folder, name)).includes(Buffer.from(telling.buffer).subarray(0, 16)),
          );
        expect(holders()).toHaveLength(1);
        const { vectors } = open();
        await exact().remove(caller, first!.id, clock.now());
        await vectors.tidy();
        await vectors.settled();
        expect(holders()).toEqual([]);
        expect(readdirSync(folder)).toHaveLength(3);
        await exact().removeScope(caller, { userId: 'anna' });
        await vectors.tidy();
        expect(readdirSync(folder)).toEqual([]);
      });

      it('is one for each user, and goes with the user', async () => {
        const { vectors, store } = open();
        await fill(store, 450);
        await fill(store, 450, 'bert');
        const bert = aView(clock, { scope: { userId: 'bert' } });
        await ready({ vectors, store });
        await ready({ vectors, store }, 'bert');
        expect(vectors.describe()).toEqual({ kind: 'hnsw', ready: 2 });
        const query = embedding();
        expect(await idsNear(store, query, bert)).toEqual(await idsNear(exact(), query, bert));
        await new SqlUserErasure(database()).erase(caller, 'anna');
        await vectors.forget(caller.tenantId, 'anna');
        expect(await idsNear(store, query)).toEqual([]);
        expect(readdirSync(folder)).toHaveLength(3);
        expect(await idsNear(store, query, bert)).toHaveLength(20);
        await fill(store, 450);
        await ready({ vectors, store });
        expect(await recall(store)).toBeGreaterThan(0.98);
      });

      it('is not needed for the answer: when it is closed, all vectors are compared', async () => {
        const { vectors, store } = open();
        await fill(store, 500);
        await ready({ vectors, store });
        await vectors.close();
        const query = embedding();
        expect(await idsNear(store, query)).toEqual(await idsNear(exact(), query));
        expect(vectors.describe()).toEqual({ kind: 'exact' });
      });
    },
    [sqliteKind, postgresKind],
  );
});
