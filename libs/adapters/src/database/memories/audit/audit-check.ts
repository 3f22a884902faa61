import type { AuditCheck } from '#libs/memory';
import type { Unit } from '../../unit-of-work.js';

/** Where the next page begins: the key of the last row of this one. */
export type Position = readonly (string | number)[];

export interface AuditFault {
  /** The memory, chain or owner that it is about. */
  readonly id: string;
  /** Mends it within the unit that found it; undefined where a person must decide. */
  readonly repair?: ((unit: Unit) => Promise<unknown>) | undefined;
}

export interface AuditPage {
  readonly checked: number;
  readonly faults: readonly AuditFault[];
  /** Undefined on the last page. */
  readonly next: Position | undefined;
}

/** One invariant of a tenant's rows, told in pages of bounded size. */
export interface PagedCheck {
  readonly check: AuditCheck;
  readonly remedy: string;
  page(unit: Unit, after: Position | undefined): Promise<AuditPage>;
}

export const PAGE_SIZE = 500;

/** A page of rows sorted by a key; `keyOf` reads a row's key. */
export function pageOf<R>(
  rows: readonly R[],
  faults: readonly AuditFault[],
  keyOf: (row: R) => Position,
  size = PAGE_SIZE,
): AuditPage {
  const last = rows.at(-1);
  return {
    checked: rows.length,
    faults,
    next: last !== undefined && rows.length >= size ? keyOf(last) : undefined,
  };
}
