import { afterAll, beforeAll, expect, it } from 'vitest';
import { SqlMemoryStore } from '#libs/adapters';
import { PgvectorIndexes } from '../../../libs/adapters/src/vector/pgvector/pgvector-indexes.js';
import { PgvectorSearch } from '../../../libs/adapters/src/vector/pgvector/pgvector-search.js';
import { seededRandom } from '../../bench/samples.js';
import { aCaller } from '../../support/callers.js';
import { describeOnDatabases, newTenant, pgliteKind } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { aMemory, aView } from '../../support/memories.js';

const DIMENSIONS = 24;
const MEMORIES = 600;

describeOnDatabases(
  'an index of pgvector',
  (database) => {
    const clock = new FakeClock();
    const caller = aCaller({ tenantId: newTenant() });
    const random = seededRandom(5);
    const embedding = () => ({
      model: 'm',
      vector: Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5),
    });
    const indexed = async (version: string) => {
      const vectors = new PgvectorSearch(new PgvectorIndexes(database().dataSource, version), 100);
      const store = new SqlMemoryStore(database(), clock, vectors);
      // The first search asks for the index.
      await store.semanticHits(caller, aView(clock), embedding(), 1);
      await vectors.close();
      return { vectors, store };
    };
    let exact: SqlMemoryStore;

    beforeAll(async () => {
      exact = new SqlMemoryStore(database(), clock);
      await exact.insertMany(
        caller,
        Array.from({ length: MEMORIES }, (_, i) => ({
          memory: {
            ...aMemory(clock, {
              metadata: { n: i },
              scope: { userId: 'anna', ...(i % 10 === 0 ? { sessionId: 's' } : {}) },
            }),
            embedding: embedding(),
          },
          onSubject: 'coexist' as const,
        })),
      );
    });
    afterAll(() => exact.removeScope(caller, { userId: 'anna' }));

    it('is built when a user has enough vectors, and finds what comparing with all finds', async () => {
      const { vectors, store } = await indexed('0.8.0');
      expect(vectors.describe()).toMatchObject({ kind: 'pgvector', index: `${DIMENSIONS}: ready` });
      const ids = async (from: SqlMemoryStore, query: ReturnType<typeof embedding>, view = aView(clock)) =>
        (await from.semanticHits(caller, view, query, 20)).hits.map(({ memory }) => memory.id);
      let found = 0;
      for (let i = 0; i < 20; i++) {
        const query = embedding();
        const wanted = new Set(await ids(exact, query));
        found += (await ids(store, query)).filter((id) => wanted.has(id)).length;
      }
      expect(found).toBeGreaterThanOrEqual(0.97 * 20 * 20);

      // Views so narrow that few of the nearest are in them.
      const query = embedding();
      const session = aView(clock, { scope: { userId: 'anna', sessionId: 's' }, mode: 'exact' });
      expect(await ids(store, query, session)).toEqual(await ids(exact, query, session));
      const one = aView(clock, { filter: { field: 'metadata.n', operator: 'eq', value: 7 } });
      expect(await ids(store, query, one)).toEqual(await ids(exact, query, one));
      expect(await ids(exact, query, one)).toHaveLength(1);
    });

    it('can serve the statement of a search', async () => {
      await indexed('0.8.0');
      const runner = database().dataSource.createQueryRunner();
      const plan = (await runner.query(
        `EXPLAIN SELECT v.seq FROM memory_vectors v WHERE v.dimensions = ${DIMENSIONS} AND v.embedding IS NOT NULL
          ORDER BY CAST(v.embedding AS vector(${DIMENSIONS})) <=> CAST($1 AS vector(${DIMENSIONS})) LIMIT 5`,
        [JSON.stringify([...embedding().vector])],
      )) as object[];
      await runner.release();
      expect(JSON.stringify(plan)).toContain(`memory_vectors_near_${DIMENSIONS}`);
    });

    it('is not made where a filter would lose results', async () => {
      const { vectors } = await indexed('0.7.4');
      expect(vectors.describe()).toMatchObject({ index: 'none: pgvector is older than 0.8' });
    });
  },
  [pgliteKind],
);
