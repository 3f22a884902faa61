import { isDiverse } from './diversity.js';
import { NearDuplicates } from './near-duplicates.js';

/** Of the places that are free, the tails of distributions get at most this share; the rest is an even sample. */
const TAIL_SHARE = 0.5;
/** How many more items an array gets when those chosen are too much alike to stand for it. */
const MORE_WHEN_ALIKE = 1.2;

export interface Selection {
  /** How many to keep in all; required items are kept beyond it. */
  readonly size: number;
  /** Shares of the size: from the start (they show the shape) and from the end (the newest); the rest by importance. */
  readonly firstFraction: number;
  readonly lastFraction: number;
  /** At least as many, whatever the shares say. */
  readonly keepFirst: number;
  readonly keepLast: number;
  /** Never dropped: errors, anomalies, change points, rare values, items the query names. */
  readonly required: Iterable<number>;
  /** What the query is about, best first; at least `minRelevant` places are theirs, even where others took all. */
  readonly relevant: readonly number[];
  readonly minRelevant: number;
  /** Far from the mean, but no further than some items of any such array; farthest first. */
  readonly tail: readonly number[];
  /** Of items that are the same, or nearly, one sample is enough. */
  readonly skipsTwins: boolean;
}

/** Chooses which items stay; positions in ascending order. */
export function selectItems(items: readonly string[], selection: Selection): number[] {
  const { size, keepFirst, keepLast, firstFraction, lastFraction } = selection;
  const first = Math.max(keepFirst, Math.round(size * firstFraction));
  const last = Math.max(keepLast, Math.round(size * lastFraction));
  const kept = new Set<number>();
  for (let index = 0; index < Math.min(first, items.length); index++) kept.add(index);
  for (let index = Math.max(0, items.length - last); index < items.length; index++) kept.add(index);
  for (const index of selection.required) kept.add(index);

  addUpTo(kept, selection.relevant, Math.max(selection.minRelevant, size - kept.size));
  addUpTo(kept, selection.tail, Math.floor((size - kept.size) * TAIL_SHARE));
  const isFull = size <= kept.size;
  fillEvenly(items, kept, size, selection.skipsTwins);
  if (!isFull && !isDiverse(items, [...kept]))
    fillEvenly(items, kept, Math.ceil(size * MORE_WHEN_ALIKE), selection.skipsTwins);
  return [...kept].sort((a, b) => a - b);
}

function addUpTo(kept: Set<number>, candidates: readonly number[], places: number): void {
  for (const index of candidates.slice(0, Math.max(0, places))) kept.add(index);
}

/** Fills the places that are left with items spread over the whole, none of them nearly the same as another. */
function fillEvenly(items: readonly string[], kept: Set<number>, size: number, skipsTwins: boolean): void {
  const free = size - kept.size;
  if (free <= 0) return;
  const twins = skipsTwins ? new NearDuplicates() : undefined;
  for (const index of kept) twins?.add(items[index] ?? '');
  const step = items.length / (free + 1);
  for (let place = 1; place <= free; place++) {
    const start = Math.floor(place * step);
    for (let index = start; index < Math.min(items.length, start + Math.max(1, Math.min(8, step))); index++) {
      if (kept.has(index) || twins?.add(items[index] ?? '') === false) continue;
      kept.add(index);
      break;
    }
  }
}
