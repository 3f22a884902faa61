import type { TokenCounter } from '#libs/tokens';
import { markerBounds } from './cut.js';
import type { Droppable } from './drop-order.js';
import type { MeasuredConversation, Divided } from './measured-conversation.js';
import { isSystem, TurnStarts } from './protection.js';

/** Of the room for what may go, so much stays free after a decision, so that the next requests need none. */
const BLOCK_SHARE = 1 / 10;
/** Up to so many messages every decision since the first is made again; of more, those of the last few blocks. */
const REPLAYED_MESSAGES = 256;
/** Blocks after which a long conversation is decided on anew, so that few decisions have to be made again. */
const BLOCKS_PER_START = 2;

/** So that the marker is thought to cost the same however long the conversation is. */
const MOST_DROPPED = 999_999;

/** What is left out, and as of which message that was decided. */
export interface StandingCut {
  readonly gone: readonly Droppable[];
  /** What stands at or after this index was not there yet. */
  readonly end: number;
  /** What it was chosen from. */
  readonly eligible: Divided['free'];
  /** Tokens that were to go. */
  readonly over: number;
}

/** In which order the units go, by what is known before `end`. */
export type OrderAt = (units: Divided['free'], end: number) => Promise<readonly Droppable[]>;

/**
 * What would have been left out, had a context been asked for before each answer of the assistant: the same messages
 * until the budget is passed, and then as much more as leaves some room. So the next request decides alike, and begins
 * with the bytes of this one, without anything being remembered. @returns undefined where nothing can be left out so.
 */
export async function standingCut(
  conversation: MeasuredConversation,
  { units }: Divided,
  { budget, keepLastTurns }: { readonly budget: number; readonly keepLastTurns: number },
  orderAt: OrderAt,
  counter: TokenCounter,
): Promise<StandingCut | undefined> {
  const requests = new Requests(conversation, keepLastTurns, counter.replyTokens);
  const marker = markerBounds(MOST_DROPPED, counter).most;
  let standing: StandingCut | undefined;
  for (const request of requests.from(budget)) {
    const { end, total } = request;
    const freed = standing?.gone.reduce((sum, { cost }) => sum + cost, 0) ?? 0;
    if (total <= budget || (freed > 0 && total - freed + marker <= budget)) continue;
    const eligible = requests.eligible(units, end);
    const droppable = requests.costOf(eligible);
    const over = total + marker - budget;
    // Where the unread would have to go too, nothing stands: that request was cut for itself.
    if (droppable < over) standing = undefined;
    else {
      const block = Math.floor(BLOCK_SHARE * Math.max(0, budget - request.protectedTokens));
      const tokens = Math.min(droppable, over + block);
      standing = { gone: leastThatFrees(await orderAt(eligible, end), tokens), end, eligible, over: tokens };
    }
  }
  return standing;
}

/** The beginning of the order that frees so many tokens, without those of it that need not go. */
export function leastThatFrees(order: readonly Droppable[], tokens: number): readonly Droppable[] {
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

/** A moment at which a context was needed. */
interface PastRequest {
  readonly end: number;
  /** Tokens of all messages before the end, the reply's priming included. */
  readonly total: number;
  /** Of those, what could not be dropped then. */
  readonly protectedTokens: number;
}

/** The requests that led to a conversation: one before each message of the assistant, and the present one. */
class Requests {
  private readonly turns: TurnStarts;
  private readonly isSystem: readonly boolean[];
  private readonly all: readonly PastRequest[];

  constructor(
    private readonly conversation: MeasuredConversation,
    private readonly keepLastTurns: number,
    replyTokens: number,
  ) {
    const { messages, costs } = conversation;
    this.turns = new TurnStarts(messages);
    this.isSystem = messages.map(isSystem);
    const said = [replyTokens];
    const system = [0];
    for (const [index, cost] of costs.entries()) {
      said.push((said[index] ?? 0) + cost);
      system.push((system[index] ?? 0) + (this.isSystem[index] === true ? cost : 0));
    }
    const at = (sums: readonly number[], index: number): number => sums[index] ?? 0;
    const ends = messages.flatMap(({ role }, index) => (role === 'assistant' && index > 0 ? [index] : []));
    this.all = [...ends, messages.length].map((end): PastRequest => {
      const start = Math.min(end, this.turns.startOfLast(keepLastTurns, end));
      const total = at(said, end);
      const lastTurns = total - at(said, start) - (at(system, end) - at(system, start));
      return {
        end,
        total,
        protectedTokens: replyTokens + at(system, end) + lastTurns,
      };
    });
  }

  /** Those whose decisions are made again. */
  from(budget: number): readonly PastRequest[] {
    const present = this.all.at(-1);
    if (present === undefined || present.end <= REPLAYED_MESSAGES) return this.all;
    const room = budget - present.protectedTokens;
    // A power of two, whose multiples stay multiples when the room shrinks.
    const stretch = BLOCKS_PER_START * 2 ** Math.floor(Math.log2(Math.max(1, room * BLOCK_SHARE)));
    const isPast = ({ total }: PastRequest): boolean =>
      Math.floor(total / stretch) < Math.floor(present.total / stretch);
    return this.all.slice(this.all.findLastIndex(isPast) + 1);
  }

  /** What could be dropped then: not protected, and read by the assistant, which has answered it. */
  eligible(units: Divided['free'], end: number): Divided['free'] {
    const start = this.turns.startOfLast(this.keepLastTurns, end);
    const unread = this.turns.lastOfAssistant(end);
    const last = Math.min(start, end, unread < 0 ? end : unread);
    return units.filter(
      (unit) => (unit.at(-1) ?? 0) < last && !unit.some((index) => this.isSystem[index] === true),
    );
  }

  costOf(units: Divided['free']): number {
    return units.flat().reduce((sum, index) => sum + (this.conversation.costs[index] ?? 0), 0);
  }
}
