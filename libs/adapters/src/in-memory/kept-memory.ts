import type { AwaitedLinks, Memory, MemoryTraits } from '#libs/memory';

/** A memory in the process, beside its indexes. */
export interface Kept {
  readonly tenantId: string;
  /** Counts what was stored, so that it orders memories as they came. */
  readonly seq: number;
  memory: Memory;
  /** Of an imported memory; what is linked meanwhile is awaited no more. */
  awaits?: AwaitedLinks;
  terms: readonly string[];
  readonly traits: MemoryTraits;
  readonly vectors: Map<string, Float32Array>;
}
