import { LRUCache } from 'lru-cache';
import type { VectorGroup, VectorTotals } from '../../database/memories/vector-rows.js';
import type { Unit } from '../../database/unit-of-work.js';
import { storedSeqs, vectorsAfter } from '../vector-reads.js';
import { PAGE_BYTES } from './kernel/scan-kernel.js';
import { MOST_DIMENSIONS, VectorArena } from './vector-arena.js';
import { blockBytes, VectorBlock } from './vector-block.js';

/** Bytes of vectors kept in the process: 165,000 of 384 dimensions. */
const CAPACITY = 256 * 1024 * 1024;
/** A page is the least that a user takes; this bounds what is kept beside the pages. */
const MOST_BLOCKS = CAPACITY / PAGE_BYTES;

/**
 * Keeps the vectors of the users searched last. A search knows from the totals whether they are current, and reads only
 * what is newer. Erased ones go with the next search.
 */
export class VectorCache {
  readonly #arena: VectorArena;
  readonly #blocks: LRUCache<string, { readonly block: VectorBlock }>;
  /** Blocks that are being brought up to date, one search at a time. */
  readonly #updates = new Map<string, Promise<unknown>>();

  constructor(private readonly capacity = CAPACITY) {
    this.#arena = new VectorArena(Math.ceil(capacity / PAGE_BYTES));
    this.#blocks = new LRUCache({
      max: MOST_BLOCKS,
      maxSize: capacity,
      sizeCalculation: ({ block }) => block.bytes,
      dispose: ({ block }) => {
        block.release();
      },
      // A block that has grown is entered anew, so that its size is counted anew.
      noDisposeOnSet: true,
    });
  }

  /** Bytes of all blocks kept. */
  get bytes(): number {
    return this.#blocks.calculatedSize;
  }

  /** Whether so many vectors fit, if nothing else is kept. */
  hasRoomFor(vectors: number, dimensions: number): boolean {
    return dimensions <= MOST_DIMENSIONS && blockBytes(vectors, dimensions) <= this.capacity;
  }

  /** The group's vectors as of the totals or later; undefined where there is no room for them. */
  async blockOf(unit: Unit, group: VectorGroup, totals: VectorTotals): Promise<VectorBlock | undefined> {
    if (group.dimensions > MOST_DIMENSIONS) return undefined;
    const key = keyOf(unit, group);
    for (;;) {
      const kept = this.#blocks.get(key)?.block;
      if (kept?.epoch === totals.epoch && kept.revision >= totals.revision) return kept;
      const running = this.#updates.get(key);
      if (running === undefined) break;
      await running.catch(() => undefined);
    }
    const update = this.#update(unit, group, totals, key);
    this.#updates.set(key, update);
    try {
      return await update;
    } finally {
      this.#updates.delete(key);
    }
  }

  /** Drops a user's vectors. */
  forget(tenantId: string, userId: string): void {
    const theirs = JSON.stringify([tenantId, userId]).replace(/]$/, ',');
    for (const key of [...this.#blocks.keys()]) if (key.startsWith(theirs)) this.#blocks.delete(key);
  }

  async #update(
    unit: Unit,
    group: VectorGroup,
    totals: VectorTotals,
    key: string,
  ): Promise<VectorBlock | undefined> {
    const kept = this.#blocks.get(key)?.block;
    const block =
      kept?.epoch === totals.epoch ? kept : new VectorBlock(this.#arena, totals.epoch, group.dimensions);
    if (block !== kept) this.#blocks.delete(key);
    try {
      for await (const vectors of vectorsAfter(unit, group, block.revision)) {
        for (const { seq, vector } of vectors) if (!this.#put(block, seq, vector)) return undefined;
      }
      if (block.size !== totals.vectors) block.keepOnly(await storedSeqs(unit, group));
      block.revision = totals.revision;
      if (!block.isReleased) this.#blocks.set(key, { block });
      return block.isReleased ? undefined : block;
    } finally {
      // One that could not be filled is as good as none.
      if (block.revision !== totals.revision) block.release();
      if (block.isReleased) this.#blocks.delete(key);
    }
  }

  /** Makes room where it must, at the cost of those that were not searched for the longest time. */
  #put(block: VectorBlock, seq: number, vector: Float32Array): boolean {
    while (!block.put(seq, vector)) {
      if (block.isReleased || this.#blocks.pop() === undefined) return false;
    }
    return true;
  }
}

function keyOf({ tenantId }: Unit, { userId, model, dimensions }: VectorGroup): string {
  return JSON.stringify([tenantId, userId, model, dimensions]);
}
