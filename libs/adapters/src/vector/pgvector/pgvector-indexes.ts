import type { DataSource, QueryRunner } from 'typeorm';

/** Since this version an index scan can go on until a condition has found enough. */
const ITERATIVE_SINCE = [0, 8];
/** What an HNSW index of pgvector can hold. */
const MOST_DIMENSIONS = 2_000;
/** How long an attempt that failed, or that another server is making, is not repeated. */
const RETRY_MS = 60_000;
/** Any number but that of the migrations; the second half of the key is the number of dimensions. */
const BUILD_LOCK = 7_310_534;

type State = 'building' | 'ready' | 'failed';

/**
 * HNSW indexes on the vectors of all users, one for each number of dimensions. Made in the background when a user has
 * so many vectors that it pays, by the login itself: it owns the table, the roles of the units do not.
 */
export class PgvectorIndexes {
  readonly #states = new Map<number, { readonly state: State; readonly since: number }>();
  readonly #building = new Set<Promise<void>>();
  readonly #isIterative: boolean;

  /** @param version of the extension, as `pg_extension` has it. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly version: string,
  ) {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [leastMajor = 0, leastMinor = 0] = ITERATIVE_SINCE;
    this.#isIterative = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  }

  /** Whether there is an index to use now; where there is none yet, one is begun. */
  isReady(dimensions: number): boolean {
    if (!this.#isIterative || dimensions > MOST_DIMENSIONS) return false;
    const known = this.#states.get(dimensions);
    if (known?.state === 'ready') return true;
    if (known === undefined || (known.state === 'failed' && Date.now() - known.since > RETRY_MS)) {
      this.#begin(dimensions);
    }
    return false;
  }

  describe(): Readonly<Record<string, string>> {
    if (!this.#isIterative) return { version: this.version, index: 'none: pgvector is older than 0.8' };
    const states = [...this.#states].map(([dimensions, { state }]) => `${dimensions}: ${state}`);
    return { version: this.version, index: states.length === 0 ? 'none needed' : states.join(', ') };
  }

  /** Waits until no index is being built. */
  async close(): Promise<void> {
    await Promise.all(this.#building);
  }

  #begin(dimensions: number): void {
    this.#set(dimensions, 'building');
    const building = this.#build(dimensions)
      .then(
        (isBuilt) => {
          this.#set(dimensions, isBuilt ? 'ready' : 'failed');
        },
        () => {
          // Vectors are compared without it, and the state says that it is missing.
          this.#set(dimensions, 'failed');
        },
      )
      .finally(() => this.#building.delete(building));
    this.#building.add(building);
  }

  #set(dimensions: number, state: State): void {
    this.#states.set(dimensions, { state, since: Date.now() });
  }

  /** @returns false while another server builds it. */
  async #build(dimensions: number): Promise<boolean> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const [lock] = (await runner.query(
        `SELECT pg_try_advisory_lock(${BUILD_LOCK}, ${dimensions}) AS taken`,
      )) as { taken: boolean }[];
      if (lock?.taken !== true) return false;
      try {
        await createIndex(runner, dimensions);
        return true;
      } finally {
        await runner.query(`SELECT pg_advisory_unlock(${BUILD_LOCK}, ${dimensions})`);
      }
    } finally {
      await runner.release();
    }
  }
}

/** Without holding up writers; one that was begun and never ended is made anew. */
async function createIndex(runner: QueryRunner, dimensions: number): Promise<void> {
  const name = `memory_vectors_near_${dimensions}`;
  const found = (await runner.query(
    `SELECT i.indisvalid AS "isValid" FROM pg_index i WHERE i.indexrelid = to_regclass('${name}')`,
  )) as { isValid: boolean }[];
  if (found[0]?.isValid === true) return;
  if (found.length > 0) await runner.query(`DROP INDEX CONCURRENTLY ${name}`);
  await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON memory_vectors
    USING hnsw ((CAST(embedding AS vector(${dimensions}))) vector_cosine_ops) WHERE dimensions = ${dimensions}`);
}
