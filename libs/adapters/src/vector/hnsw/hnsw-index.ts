import { vectorTotals } from '../../database/memories/vector-rows.js';
import type { VectorGroup } from '../../database/memories/vector-rows.js';
import type { UnitOfWork } from '../../database/unit-of-work.js';
import { normalise } from '../exact/vector.js';
import { storedSeqs, vectorsAt } from '../vector-reads.js';
import type { VectorPlace } from '../vector-reads.js';
import type { VectorHit } from '../vector-search.js';
import { HnswWorker } from './hnsw-worker.js';
import type { IndexFiles } from './worker-messages.js';

/** Saving writes all of it; below this share of changes what is newer is read again after a restart. */
const SAVED_AFTER_SHARE = 0.05;

/** Whose vectors an index holds. */
export interface IndexedGroup extends VectorGroup {
  readonly tenantId: string;
}

export type IndexState = 'building' | 'ready' | 'stale' | 'failed';

/** What of a group is in its graph. */
export interface IndexReach {
  /** All changes up to this one. */
  readonly revision: number;
  readonly vectors: number;
}

/** The graph of one group's vectors, kept up with the database in the background. */
export class HnswIndex {
  readonly #worker: HnswWorker;
  #state: IndexState = 'building';
  #epoch: string | undefined;
  #place: VectorPlace = { revision: 0, seq: 0 };
  /** All changes up to here are in the graph. */
  #revision = 0;
  #size = 0;
  #unsaved = 0;
  #mustSave = false;
  #update: Promise<void> | undefined;
  #isClosing = false;

  constructor(
    private readonly units: UnitOfWork,
    private readonly group: IndexedGroup,
    files: IndexFiles,
  ) {
    this.#worker = new HnswWorker({ files, dimensions: group.dimensions });
    this.update();
  }

  get state(): IndexState {
    return this.#state === 'ready' && this.#update !== undefined ? 'stale' : this.#state;
  }

  /** How far it is in that epoch; undefined where it cannot answer for it. */
  reachIn(epoch: string): IndexReach | undefined {
    const isOfEpoch = this.#epoch === undefined || this.#epoch === epoch;
    if (!isOfEpoch || this.#state === 'failed' || this.#worker.hasEnded) return undefined;
    // Of the last change some vectors may not have been read yet.
    const revision = this.#state === 'ready' ? this.#revision : Math.max(0, this.#place.revision - 1);
    return { revision, vectors: this.#size };
  }

  /** Nearest first. @throws when the worker has ended. */
  async search(query: Float32Array, count: number): Promise<readonly VectorHit[]> {
    const { seqs, similarities } = await this.#worker.ask<'search'>({ kind: 'search', query, count });
    return seqs.map((seq, i) => ({ seq, similarity: similarities[i] ?? 0 }));
  }

  /** Begins to bring it up to date, unless that is under way. */
  update(): void {
    if (this.#isClosing) return;
    this.#update ??= this.#bringUpToDate()
      .catch(() => {
        // All vectors are compared instead, and the state says so.
        this.#state = 'failed';
      })
      .finally(() => {
        this.#update = undefined;
      });
  }

  /** Waits until it is up to date, as far as it was asked to be. */
  async settled(): Promise<void> {
    await this.#update;
  }

  /** Saves what is not saved yet, if it can be used, and ends the worker. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#update;
    if (this.#state === 'ready' && this.#unsaved > 0) await this.#save().catch(() => undefined);
    await this.#worker.end();
  }

  /** Ends the worker at once. */
  async drop(): Promise<void> {
    this.#isClosing = true;
    await this.#worker.end();
    await this.#update;
  }

  async #bringUpToDate(): Promise<void> {
    if (this.#epoch === undefined) await this.#load();
    while (await this.#step());
    if (this.#mustSave || this.#unsaved > this.#size * SAVED_AFTER_SHARE) await this.#save();
  }

  async #load(): Promise<void> {
    const totals = await this.units.read(this.group, (unit) => vectorTotals(unit, this.group));
    const epoch = totals?.epoch ?? '';
    const loaded = await this.#worker.ask<'load'>({ kind: 'load', epoch });
    this.#epoch = epoch;
    if (loaded === undefined) return;
    this.#revision = loaded.revision;
    this.#place = { revision: loaded.revision, seq: Number.MAX_SAFE_INTEGER };
    this.#size = loaded.size;
    this.#state = 'ready';
  }

  /** Adds the next vectors. @returns whether there may be more. */
  async #step(): Promise<boolean> {
    if (this.#isClosing) {
      if (this.#state === 'ready') return false;
      throw new Error('The index is not needed any more.');
    }
    const read = await this.units.read(this.group, async (unit) => {
      const totals = await vectorTotals(unit, this.group);
      const vectors = await vectorsAt(unit, this.group, this.#place);
      const isBehind = vectors.length === 0 && totals !== undefined && totals.vectors !== this.#size;
      return { totals, vectors, stored: isBehind ? await storedSeqs(unit, this.group) : undefined };
    });
    const { totals, vectors, stored } = read;
    if (totals?.epoch !== this.#epoch) throw new Error('The vectors of this index are no more.');
    const last = vectors.at(-1);
    if (last !== undefined) {
      const { dimensions } = this.group;
      const rows = new Float32Array(vectors.length * dimensions);
      vectors.forEach(({ vector }, i) => {
        rows.set(normalise(vector), i * dimensions);
      });
      const seqs = vectors.map(({ seq }) => seq);
      this.#size = await this.#worker.ask<'add'>({ kind: 'add', seqs, vectors: rows });
      this.#place = last;
      this.#unsaved += vectors.length;
      return true;
    }
    if (stored !== undefined) {
      const before = this.#size;
      this.#size = await this.#worker.ask<'keepOnly'>({ kind: 'keepOnly', seqs: [...stored] });
      this.#mustSave = this.#size !== before;
    }
    if (totals !== undefined) this.#revision = totals.revision;
    this.#state = 'ready';
    return false;
  }

  async #save(): Promise<void> {
    const place = { epoch: this.#epoch ?? '', revision: this.#revision };
    this.#unsaved = 0;
    this.#mustSave = false;
    await this.#worker.ask<'save'>({ kind: 'save', place });
  }
}
