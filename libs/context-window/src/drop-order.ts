import type { AtomicUnit } from './atomic-units.js';

/** A unit that may go. */
export interface Droppable {
  readonly unit: AtomicUnit;
  readonly cost: number;
  /** By which it was put in its place, 0–1. */
  readonly score: number;
}

/** The rolling window: oldest first; the score is recency, from 0 for the first message to nearly 1. */
export function oldestFirst(units: readonly AtomicUnit[], costs: readonly number[]): readonly Droppable[] {
  return units.map((unit) => ({ unit, cost: costOf(unit, costs), score: (unit[0] ?? 0) / costs.length }));
}

/**
 * What a message costs beyond what it says, in tokens: its frame, and the words that every message has. The shorter a
 * message, the more of its price is that.
 */
const FRAME_TOKENS = 8;

/**
 * Least value per token first; of equals the oldest. Importance says what each token that a message says is worth, so
 * a unit's value per token is that of its most important message, times the share of its price that says anything.
 */
export function leastValuableFirst(
  units: readonly AtomicUnit[],
  costs: readonly number[],
  scores: readonly number[],
): readonly Droppable[] {
  return units
    .map((unit) => {
      const score = Math.max(...unit.map((index) => scores[index] ?? 0));
      const cost = costOf(unit, costs);
      return { unit, cost, score, value: (score * cost) / (cost + FRAME_TOKENS) };
    })
    .sort((a, b) => a.value - b.value || (a.unit[0] ?? 0) - (b.unit[0] ?? 0));
}

function costOf(unit: AtomicUnit, costs: readonly number[]): number {
  return unit.reduce((sum, index) => sum + (costs[index] ?? 0), 0);
}

/** A call goes early when none of its results is of use any more. */
export function outdatedFirst(
  order: readonly Droppable[],
  firstToGo: ReadonlySet<number>,
): readonly Droppable[] {
  const isOutdated = ({ unit: [, ...results] }: Droppable): boolean =>
    results.length > 0 && results.every((index) => firstToGo.has(index));
  return [...order.filter(isOutdated), ...order.filter((each) => !isOutdated(each))];
}

/** What the assistant said last, and all that came after it, goes last: nobody has answered it yet. */
export function unreadLast(order: readonly Droppable[], lastOfAssistant: number): readonly Droppable[] {
  const isUnread = ({ unit }: Droppable): boolean =>
    lastOfAssistant >= 0 && (unit.at(-1) ?? 0) >= lastOfAssistant;
  return [...order.filter((each) => !isUnread(each)), ...order.filter(isUnread)];
}

/** What is asked for and was left out comes back, for what is asked for least. */
export function askedLast(
  order: readonly Droppable[],
  gone: ReadonlySet<number>,
  isAsked: (unit: AtomicUnit) => boolean,
): readonly Droppable[] {
  const isGone = ({ unit: [first = 0] }: Droppable): boolean => gone.has(first);
  const rest = order.filter(({ unit }) => !isAsked(unit));
  return [
    ...rest.filter(isGone),
    ...rest.filter((each) => !isGone(each)),
    ...order.filter(({ unit }) => isAsked(unit)),
  ];
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
