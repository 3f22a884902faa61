import { SCAN_KERNEL } from './scan-kernel.wasm.js';

/** The unit in which the memory of WebAssembly grows, in bytes. */
export const PAGE_BYTES = 65_536;
/** Rows are padded with zeros to a multiple of this, in bytes; see scan-kernel.wat. */
export const ROW_UNIT_BYTES = 64;

/** The part of WebAssembly that is used here; TypeScript describes it for browsers alone. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WebAssemblyHost {
  readonly Memory: new (limits: { readonly initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly host: { readonly memory: Memory } },
  ) => { readonly exports: { readonly scan: Scan } };
}
type Scan = (row: number, query: number, width: number, count: number, out: number) => void;

/** Compares rows of floats in a memory of its own with a query, four floats at once. */
export class ScanKernel {
  readonly #memory: Memory;
  readonly #scan: Scan;
  #floats: Float32Array;

  constructor(pages: number) {
    const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyHost };
    this.#memory = new WebAssembly.Memory({ initial: pages });
    const module = new WebAssembly.Module(Buffer.from(SCAN_KERNEL, 'base64'));
    this.#scan = new WebAssembly.Instance(module, { host: { memory: this.#memory } }).exports.scan;
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  /** All of the memory; a view taken before {@link grow} is of no use after it. */
  get floats(): Float32Array {
    return this.#floats;
  }

  get pages(): number {
    return this.#memory.buffer.byteLength / PAGE_BYTES;
  }

  /** Adds empty pages at the end. @throws RangeError when the system gives no more. */
  grow(pages: number): void {
    this.#memory.grow(pages);
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  /** Writes row · query of each row to `out`; all places are addresses in bytes, `width` is a row's length in bytes. */
  scan(row: number, query: number, width: number, count: number, out: number): void {
    this.#scan(row, query, width, count, out);
  }
}
