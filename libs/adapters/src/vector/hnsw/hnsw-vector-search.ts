import { createHash } from 'node:crypto';
import { largeGroups } from '../../database/memories/vector-rows.js';
import type { VectorGroup, VectorTotals } from '../../database/memories/vector-rows.js';
import type { Unit, UnitOfWork } from '../../database/unit-of-work.js';
import { ExactVectorSearch } from '../exact/exact-vector-search.js';
import type { VectorCache } from '../exact/vector-cache.js';
import type { Candidates } from '../hits-in-view.js';
import type { VectorsDescription } from '../vector-search.js';
import { HnswCandidates, MOST_COMPARED } from './hnsw-candidates.js';
import { HnswIndex } from './hnsw-index.js';
import { hasHnswlib } from './hnsw-worker.js';
import { indexNames, removeIndexes, savedPlace } from './index-files.js';

/** From so many vectors on, comparing with all of them takes longer than a search may. */
const WORTH_AN_INDEX = 50_000;
/** Each has a thread and its vectors in memory. */
const MOST_INDEXES = 4;
const UPKEEP_MS = 60_000;

export interface HnswOptions {
  /** Where indexes are saved. */
  readonly folder: string;
  readonly worthAnIndex?: number | undefined;
  readonly cache?: VectorCache | undefined;
}

/**
 * Compares exactly, but for users with very many vectors, whose nearest an index of hnswlib finds. While there is none
 * yet, and for views that are too narrow for it, all vectors are compared; of more than there is room for, what the index
 * holds so far and the newest, like memories whose vectors are still to come.
 */
export class HnswVectorSearch extends ExactVectorSearch {
  readonly #indexes = new Map<string, HnswIndex>();
  readonly #closing = new Set<Promise<void>>();
  readonly #isInstalled = hasHnswlib();
  readonly #worthAnIndex: number;
  readonly #upkeep: NodeJS.Timeout;
  #isClosed = false;

  constructor(
    private readonly units: UnitOfWork,
    private readonly options: HnswOptions,
  ) {
    super(options.cache);
    this.#worthAnIndex = options.worthAnIndex ?? WORTH_AN_INDEX;
    // A store that does not answer now will in a minute.
    this.#upkeep = setInterval(() => void this.tidy().catch(() => undefined), UPKEEP_MS).unref();
  }

  protected override async rank(
    unit: Unit,
    group: VectorGroup,
    totals: VectorTotals,
    wanted: Float32Array,
  ): Promise<Candidates> {
    const isSmall = totals.vectors < this.#worthAnIndex;
    if (isSmall || this.#isClosed || !this.#isInstalled) return super.rank(unit, group, totals, wanted);
    const index = this.#indexOf(unit.tenantId, group);
    const reach = index.reachIn(totals.epoch);
    if (reach === undefined) return super.rank(unit, group, totals, wanted);
    if (reach.revision < totals.revision) index.update();
    const isFarBehind = totals.vectors - reach.vectors > MOST_COMPARED;
    const canCompareAll = this.cache.hasRoomFor(totals.vectors, group.dimensions);
    if (isFarBehind && canCompareAll) return super.rank(unit, group, totals, wanted);
    try {
      return await HnswCandidates.open(unit, group, index, reach.revision, wanted);
    } catch {
      return super.rank(unit, group, totals, wanted);
    }
  }

  override describe(): VectorsDescription {
    if (!this.#isInstalled) return { kind: 'exact', index: 'none: hnswlib-node is not installed' };
    const states = [...this.#indexes.values()].map(({ state }) => state);
    if (states.length === 0) return super.describe();
    const counts: Record<string, number> = {};
    for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
    return { ...counts, kind: 'hnsw' };
  }

  override async forget(tenantId: string, userId: string): Promise<void> {
    await super.forget(tenantId, userId);
    const theirs = nameOf(tenantId, userId);
    for (const name of [...this.#indexes.keys()]) if (name.startsWith(theirs)) await this.#remove(name);
    removeIndexes(this.options.folder, theirs);
  }

  /**
   * Begins the indexes that are worth it before somebody searches, has every saved one that is behind brought up to
   * date, so that what was erased is taken out, and removes those whose vectors are no more: another server may have
   * erased them.
   */
  async tidy(): Promise<void> {
    if (!this.#isInstalled) return;
    const saved = indexNames(this.options.folder);
    const living = new Set<string>();
    for (const tenantId of await this.units.tenants()) {
      const groups = await this.units.read({ tenantId }, (unit) => largeGroups(unit, this.#worthAnIndex));
      for (const group of groups) {
        const name = indexName(tenantId, group);
        living.add(name);
        const hasRoom = this.#indexes.has(name) || this.#indexes.size < MOST_INDEXES;
        const isWanted = hasRoom || (saved.has(name) && this.#isSavedBehind(name, group));
        if (isWanted && !this.#isClosed) this.#indexOf(tenantId, group).update();
      }
    }
    for (const name of new Set([...saved, ...this.#indexes.keys()])) {
      if (!living.has(name)) await this.#remove(name);
    }
  }

  /** Waits until every index is as current as it was asked to be. */
  async settled(): Promise<void> {
    for (const index of this.#indexes.values()) await index.settled();
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#upkeep);
    const indexes = [...this.#indexes.values()];
    this.#indexes.clear();
    await Promise.all([...indexes.map((index) => index.close()), ...this.#closing]);
  }

  #indexOf(tenantId: string, group: VectorGroup): HnswIndex {
    const name = indexName(tenantId, group);
    let index = this.#indexes.get(name);
    if (index?.state === 'failed') {
      this.#retire(index.drop());
      index = undefined;
    }
    index ??= new HnswIndex(this.units, { tenantId, ...group }, { folder: this.options.folder, name });
    // Searched last, so it stays longest.
    this.#indexes.delete(name);
    this.#indexes.set(name, index);
    for (const [oldest, other] of this.#indexes) {
      if (this.#indexes.size <= MOST_INDEXES) break;
      this.#indexes.delete(oldest);
      this.#retire(other.close());
    }
    return index;
  }

  #isSavedBehind(name: string, { epoch, revision }: VectorTotals): boolean {
    const place = savedPlace({ folder: this.options.folder, name });
    return place?.epoch !== epoch || place.revision < revision;
  }

  async #remove(name: string): Promise<void> {
    const index = this.#indexes.get(name);
    this.#indexes.delete(name);
    await index?.drop();
    removeIndexes(this.options.folder, `${name}.`);
  }

  #retire(ending: Promise<void>): void {
    const done = ending.finally(() => this.#closing.delete(done));
    this.#closing.add(done);
  }
}

/** Says nothing of the ids: files bear it. Those of one user begin alike. */
function indexName(tenantId: string, { userId, model, dimensions }: VectorGroup): string {
  return `${nameOf(tenantId, userId)}-${nameOf(model, String(dimensions))}`;
}

function nameOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
