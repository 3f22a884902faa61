import type { TokenCounter } from '#libs/tokens';
import { cutOut, markerBounds, type Cut } from './cut.js';
import type { Droppable } from './drop-order.js';
import type { Divided, MeasuredConversation } from './measured-conversation.js';

/** A block is at most this part of the room that there is for what may go. */
const BLOCKS_PER_ROOM = 8;

/** Where the last decision about what to drop was made, and the room that it left for what came since. */
export interface DecisionPoint {
  /** What stands at or after this index is too young to be dropped. */
  readonly end: number;
  /** Tokens in which the conversation may grow before the next decision. */
  readonly block: number;
}

/**
 * A growing conversation is decided on only when it passes a multiple of the block's tokens: until the next multiple
 * the same messages are dropped, so that all before the end stays byte for byte what it was. Blocks are powers of two,
 * whose multiples stay multiples when a block is halved.
 */
export function decisionPoint(
  { costs, total }: MeasuredConversation,
  { free }: Divided,
  budget: number,
): DecisionPoint {
  const freeCost = free.flat().reduce((sum, index) => sum + (costs[index] ?? 0), 0);
  const room = budget - (total - freeCost);
  if (room < 2 * BLOCKS_PER_ROOM) return { end: costs.length, block: 0 };
  const block = 2 ** Math.floor(Math.log2(room / BLOCKS_PER_ROOM));
  let sum = 0;
  let end = 0;
  for (const [index, cost] of costs.entries()) {
    const before = Math.floor(sum / block);
    sum += cost;
    if (Math.floor(sum / block) > before) end = index + 1;
  }
  return { end, block };
}

/**
 * Drops in the given order what stood before the decision point until a block of room is left, then puts back what
 * still fits, the most valuable first. @returns undefined when that is not enough for the budget.
 */
export function stableCut(
  conversation: MeasuredConversation,
  order: readonly Droppable[],
  budget: number,
  { end, block }: DecisionPoint,
  counter: TokenCounter,
): Cut | undefined {
  const sinceThen = conversation.costs.slice(end).reduce((sum, cost) => sum + cost, 0);
  const { most: marker } = markerBounds(conversation.messages.length, counter);
  const over = conversation.total - sinceThen + marker - (budget - block);
  const eligible = order.filter(({ unit }) => (unit.at(-1) ?? 0) < end);
  const gone = leastThatFrees(eligible, over);
  if (gone.length === 0) return undefined;
  const cut = cutOut(conversation, gone, counter);
  return cut.tokens <= budget ? cut : undefined;
}

/** The beginning of the order that frees so many tokens, without those of it that need not go. */
function leastThatFrees(order: readonly Droppable[], tokens: number): readonly Droppable[] {
  let freed = 0;
  const gone: Droppable[] = [];
  for (const each of order) {
    if (freed >= tokens) break;
    gone.push(each);
    freed += each.cost;
  }
  return gone
    .toReversed()
    .filter(({ cost }) => {
      if (freed - cost < tokens) return true;
      freed -= cost;
      return false;
    })
    .toReversed();
}
