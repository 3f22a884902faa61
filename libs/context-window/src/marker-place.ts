import type { Message } from '#libs/kernel';
import type { AtomicUnit } from './atomic-units.js';
import { isSystem } from './protection.js';

/**
 * The index before which the marker stands: right after the last dropped message, so that as much as possible before
 * it stays what it was when more is dropped later; but never between a call and its results, nor among the leading
 * system messages.
 */
export function markerPlace(
  messages: readonly Message[],
  units: readonly AtomicUnit[],
  gone: ReadonlySet<number>,
): number {
  let place = Math.max(...gone) + 1;
  for (const unit of units.toReversed()) {
    const [first = 0] = unit;
    if (!gone.has(first) && first < place && place <= (unit.at(-1) ?? 0)) place = first;
  }
  const firstOther = messages.findIndex((message) => !isSystem(message));
  return Math.max(place, firstOther);
}
