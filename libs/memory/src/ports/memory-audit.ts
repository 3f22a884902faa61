/** What is checked of a store, in this order: what is mended first is what the later checks rest on. */
export const AUDIT_CHECKS = [
  'rows',
  'tombstones',
  'text index',
  'stray terms',
  'traits',
  'stray traits',
  'index totals',
  'vectors',
  'vector totals',
  'embedding models',
  'links',
  'chains',
  'duplicates',
] as const;
export type AuditCheck = (typeof AUDIT_CHECKS)[number];

/** What a check found over all tenants. */
export interface AuditFinding {
  readonly check: AuditCheck;
  /** How many rows were looked at. */
  readonly checked: number;
  readonly faults: number;
  /** Faults that were mended; always 0 without repair. */
  readonly repaired: number;
  /** Some of the ids that the faults are about; an id is never content. */
  readonly examples: readonly string[];
  /** What helps. */
  readonly remedy: string;
}

/** Checks that what is kept beside each other agrees: rows, text index, vectors and both sides of every link. */
export abstract class MemoryAudit {
  /**
   * Goes through every tenant page by page. A repair rebuilds what is derived and completes links from their other
   * side; it never removes the content of a living memory.
   * @param onProgress is told now and then which check has come how far.
   */
  abstract run(
    repair: boolean,
    onProgress?: (check: AuditCheck, checked: number) => void,
  ): Promise<readonly AuditFinding[]>;
}
