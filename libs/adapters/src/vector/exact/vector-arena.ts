import { PAGE_BYTES, ROW_UNIT_BYTES, ScanKernel } from './kernel/scan-kernel.js';

/** The first two pages hold the query and the results of one scan. */
const QUERY = 0;
const RESULTS = PAGE_BYTES;
const FIRST_FREE = 2;
/** How many pages the memory grows by: 1 MiB. */
const GROWTH = 16;
const FLOAT_BYTES = 4;

/** The longest vector of which a row fits a page. */
export const MOST_DIMENSIONS = PAGE_BYTES / FLOAT_BYTES;

/**
 * The memory in which vectors are scanned, handed out in pages of 64 KiB. One memory for all users: the system reserves
 * gigabytes of addresses for each. It never shrinks, but what is given back is used again.
 */
export class VectorArena {
  readonly #kernel = new ScanKernel(FIRST_FREE);
  readonly #free: number[] = [];
  #used = 0;

  constructor(private readonly maxPages: number) {}

  /** Pages handed out. */
  get used(): number {
    return this.#used;
  }

  /** The number of an empty page; undefined when all are taken. */
  take(): number | undefined {
    if (this.#used >= this.maxPages) return undefined;
    if (this.#free.length === 0 && !this.#grow()) return undefined;
    this.#used++;
    return this.#free.pop();
  }

  /** Takes pages back and wipes them. */
  giveBack(pages: readonly number[]): void {
    for (const page of pages) {
      this.#kernel.floats.fill(0, placeOf(page), placeOf(page + 1));
      this.#free.push(page);
    }
    this.#used -= pages.length;
  }

  write(page: number, row: number, width: number, vector: Float32Array): void {
    this.#kernel.floats.set(vector, placeOf(page) + row * width);
  }

  /** Copies one row over another, of the same width. */
  move(from: RowPlace, to: RowPlace, width: number): void {
    const start = placeOf(from.page) + from.row * width;
    this.#kernel.floats.copyWithin(placeOf(to.page) + to.row * width, start, start + width);
  }

  wipe({ page, row }: RowPlace, width: number): void {
    const start = placeOf(page) + row * width;
    this.#kernel.floats.fill(0, start, start + width);
  }

  /** The scalar product of the query with each row of the pages, which are full but for the last one. */
  scan(pages: readonly number[], width: number, rows: number, query: Float32Array): Float32Array {
    const kernel = this.#kernel;
    const results = new Float32Array(rows);
    kernel.floats.fill(0, QUERY, width).set(query, QUERY);
    const perPage = rowsPerPage(width);
    pages.forEach((page, index) => {
      const start = index * perPage;
      const count = Math.min(perPage, rows - start);
      kernel.scan(page * PAGE_BYTES, QUERY, width * FLOAT_BYTES, count, RESULTS);
      const from = RESULTS / FLOAT_BYTES;
      results.set(kernel.floats.subarray(from, from + count), start);
    });
    return results;
  }

  #grow(): boolean {
    const first = this.#kernel.pages;
    try {
      this.#kernel.grow(GROWTH);
    } catch {
      // The system has no more; what does not fit is scanned as it is read.
      return false;
    }
    for (let page = first + GROWTH - 1; page >= first; page--) this.#free.push(page);
    return true;
  }
}

interface RowPlace {
  readonly page: number;
  readonly row: number;
}

/** The floats of a row: a vector and the zeros that fill it up. */
export function rowWidth(dimensions: number): number {
  const unit = ROW_UNIT_BYTES / FLOAT_BYTES;
  return Math.ceil(dimensions / unit) * unit;
}

export function rowsPerPage(width: number): number {
  return Math.floor(PAGE_BYTES / FLOAT_BYTES / width);
}

function placeOf(page: number): number {
  return (page * PAGE_BYTES) / FLOAT_BYTES;
}
