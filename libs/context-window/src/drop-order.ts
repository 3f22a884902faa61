import type { AtomicUnit } from './atomic-units.js';

/** A unit that may go, with the score by which it was put in its place. */
export interface Droppable {
  readonly unit: AtomicUnit;
  readonly score: number;
}

/** Puts the units that may be dropped in order: the first goes first. */
export type DropOrder = (units: readonly AtomicUnit[], messageCount: number) => readonly Droppable[];

/** The rolling window: oldest first; the score is recency, from 0 for the first message to nearly 1. */
export const oldestFirst: DropOrder = (units, messageCount) =>
  units.map((unit) => ({ unit, score: (unit[0] ?? 0) / messageCount }));

/** A call goes early when none of its results is of use any more. */
export function outdatedFirst(
  order: readonly Droppable[],
  firstToGo: ReadonlySet<number>,
): readonly Droppable[] {
  const isOutdated = ({ unit: [, ...results] }: Droppable): boolean =>
    results.length > 0 && results.every((index) => firstToGo.has(index));
  return [...order.filter(isOutdated), ...order.filter((each) => !isOutdated(each))];
}

/** A frozen prefix is what provider caches hold: it goes only when nothing else is left to go. */
export function frozenLast(order: readonly Droppable[], frozenMessageCount: number): readonly Droppable[] {
  const isFrozen = ({ unit }: Droppable): boolean => (unit[0] ?? 0) < frozenMessageCount;
  return [...order.filter((each) => !isFrozen(each)), ...order.filter(isFrozen)];
}

/** What a model was no longer shown does not come back: the rest keeps its bytes for as long as it fits. */
export function goneFirst(
  order: readonly Droppable[],
  droppedBefore: ReadonlySet<number>,
): readonly Droppable[] {
  const isGone = ({ unit }: Droppable): boolean => unit.some((index) => droppedBefore.has(index));
  return [...order.filter(isGone), ...order.filter((each) => !isGone(each))];
}
