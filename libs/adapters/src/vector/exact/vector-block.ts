import { PAGE_BYTES } from './kernel/scan-kernel.js';
import { Ranking } from './ranking.js';
import { rowsPerPage, rowWidth } from './vector-arena.js';
import type { VectorArena } from './vector-arena.js';
import { normalise } from './vector.js';

/** What a vector costs beside its row: its number, and where the number stands. */
const BYTES_PER_ENTRY = 64;

/** The vectors of one group side by side, each of length 1, so that similarity is the scalar product. */
export class VectorBlock {
  /** Up to which change of which epoch the block holds the group's vectors; see `VectorTotals`. */
  revision = 0;
  readonly #width: number;
  readonly #perPage: number;
  readonly #pages: number[] = [];
  readonly #seqs: number[] = [];
  readonly #slots = new Map<number, number>();
  #isReleased = false;

  constructor(
    private readonly arena: VectorArena,
    readonly epoch: string,
    dimensions: number,
  ) {
    this.#width = rowWidth(dimensions);
    this.#perPage = rowsPerPage(this.#width);
  }

  get size(): number {
    return this.#seqs.length;
  }

  get bytes(): number {
    return bytesOf(this.#pages.length, this.size);
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Adds a memory's vector, or replaces it. False when there is no room left, or after the release. */
  put(seq: number, vector: Float32Array): boolean {
    if (this.#isReleased) return false;
    let slot = this.#slots.get(seq);
    if (slot === undefined) {
      slot = this.size;
      if (slot === this.#pages.length * this.#perPage) {
        const page = this.arena.take();
        if (page === undefined) return false;
        this.#pages.push(page);
      }
      this.#seqs.push(seq);
      this.#slots.set(seq, slot);
    }
    const { page, row } = this.#placeOf(slot);
    this.arena.write(page, row, this.#width, normalise(vector));
    return true;
  }

  /** Drops every vector but those of the given memories. */
  keepOnly(seqs: ReadonlySet<number>): void {
    for (let slot = this.size - 1; slot >= 0; slot--) {
      const seq = this.#seqs[slot];
      if (seq !== undefined && !seqs.has(seq)) this.#drop(slot, seq);
    }
    this.arena.giveBack(this.#pages.splice(Math.ceil(this.size / this.#perPage)));
  }

  /** Gives all pages back; the block is of no use afterwards. */
  release(): void {
    this.#isReleased = true;
    this.arena.giveBack(this.#pages.splice(0));
    this.#seqs.length = 0;
    this.#slots.clear();
  }

  /** @param query of length 1. */
  rank(query: Float32Array): Ranking {
    const similarities = this.arena.scan(this.#pages, this.#width, this.size, query);
    return new Ranking(Float64Array.from(this.#seqs), similarities);
  }

  /** The last row takes the place of the dropped one. */
  #drop(slot: number, seq: number): void {
    const last = this.size - 1;
    const moved = this.#seqs.pop();
    this.#slots.delete(seq);
    if (slot !== last && moved !== undefined) {
      this.arena.move(this.#placeOf(last), this.#placeOf(slot), this.#width);
      this.#seqs[slot] = moved;
      this.#slots.set(moved, slot);
    }
    this.arena.wipe(this.#placeOf(last), this.#width);
  }

  #placeOf(slot: number): { readonly page: number; readonly row: number } {
    const page = this.#pages[Math.floor(slot / this.#perPage)];
    if (page === undefined) throw new RangeError('There is no such row.');
    return { page, row: slot % this.#perPage };
  }
}

/** What a block of so many vectors takes. */
export function blockBytes(vectors: number, dimensions: number): number {
  return bytesOf(Math.ceil(vectors / rowsPerPage(rowWidth(dimensions))), vectors);
}

function bytesOf(pages: number, vectors: number): number {
  return pages * PAGE_BYTES + vectors * BYTES_PER_ENTRY + 1;
}
