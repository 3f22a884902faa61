import { NearDuplicates } from './near-duplicates.js';

/** Shares of the kept items: from the start (they show the shape), from the end (the newest), the rest by importance. */
const FIRST_SHARE = 0.3;
const LAST_SHARE = 0.15;
/** The query gets this many places even where errors and anomalies have taken all of them. */
const MIN_RELEVANT = 5;

export interface Selection {
  /** How many to keep in all; protected items are kept beyond it. */
  readonly size: number;
  readonly keepFirst: number;
  readonly keepLast: number;
  /** Never dropped: errors, anomalies, change points, items the query names. */
  readonly protectedItems: Iterable<number>;
  /** Best first. */
  readonly relevant: readonly number[];
}

/** Chooses which items stay; positions in ascending order. */
export function selectItems(items: readonly string[], selection: Selection): number[] {
  const { size, keepFirst, keepLast } = selection;
  const first = Math.max(keepFirst, Math.round(size * FIRST_SHARE));
  const last = Math.max(keepLast, Math.round(size * LAST_SHARE));
  const kept = new Set<number>();
  for (let index = 0; index < Math.min(first, items.length); index++) kept.add(index);
  for (let index = Math.max(0, items.length - last); index < items.length; index++) kept.add(index);
  for (const index of selection.protectedItems) kept.add(index);

  const places = Math.max(MIN_RELEVANT, size - kept.size);
  for (const index of selection.relevant.slice(0, places)) kept.add(index);
  fillEvenly(items, kept, size);
  return [...kept].sort((a, b) => a - b);
}

/** Fills the places that are left with items spread over the whole, none of them nearly the same as another. */
function fillEvenly(items: readonly string[], kept: Set<number>, size: number): void {
  const free = size - kept.size;
  if (free <= 0) return;
  const duplicates = new NearDuplicates();
  for (const index of kept) duplicates.add(items[index] ?? '');
  const step = items.length / (free + 1);
  for (let place = 1; place <= free; place++) {
    const start = Math.floor(place * step);
    for (let index = start; index < Math.min(items.length, start + Math.max(1, Math.min(8, step))); index++) {
      if (kept.has(index) || !duplicates.add(items[index] ?? '')) continue;
      kept.add(index);
      break;
    }
  }
}
