import type { Memory, MemoryTraits } from '#libs/memory';

/** A memory in the process, beside its indexes. */
export interface Kept {
  readonly tenantId: string;
  /** Counts what was stored, so that it orders memories as they came. */
  readonly seq: number;
  memory: Memory;
  terms: readonly string[];
  readonly traits: MemoryTraits;
  readonly vectors: Map<string, Float32Array>;
}
