import { droppedMessagesMarker, hashOriginal, type Original, type OriginalStore } from '#libs/ccr';
import { HeadroomError, type Caller, type Message } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import { atomicUnits } from './atomic-units.js';
import type { DroppedMessage, FitOutcome, FitRequest } from './contract.js';
import { frozenLast, goneFirst, oldestFirst, outdatedFirst, type Droppable } from './drop-order.js';
import { isProtected, isSystem, startOfLastTurns } from './protection.js';

/** Everything about a request that is computed once. */
interface Conversation {
  readonly messages: readonly Message[];
  /** Tokens per message. */
  readonly costs: readonly number[];
  /** Tokens of all messages and the reply's priming. */
  readonly total: number;
  /** A message's JSON as it was sent. */
  readonly textOf: (index: number) => string;
}

/** What is left out, and the message that stands for it. */
interface Cut {
  readonly dropped: readonly DroppedIndex[];
  readonly tokens: number;
  readonly marker: Message;
  readonly markerTokens: number;
  readonly content: string;
  readonly hash: string;
}

interface DroppedIndex {
  readonly index: number;
  readonly score: number;
}

/** Fits conversations into a budget by leaving messages out; what is left out stays retrievable. */
export class ContextWindow {
  constructor(private readonly originals: OriginalStore) {}

  /**
   * Drops as few messages as the budget (tokens, marker and reply priming included) demands; none when all fit.
   * System messages, the last turns and the pairs of tool calls and results stay whole. Dropped messages are stored,
   * each by itself and all together, before this resolves.
   * @throws HeadroomError `context_over_budget` when the protected part alone costs more than the budget.
   */
  async fit(
    caller: Caller,
    request: FitRequest & { readonly userId?: string | undefined },
    counter: TokenCounter,
  ): Promise<FitOutcome> {
    const conversation = measure(request, counter);
    if (conversation.total <= request.budget) return everything(conversation);
    const cut = smallestCut(conversation, droppables(request), request.budget, counter);
    const hashes = await this.keep(caller, conversation, cut, request.userId);
    return outcome(conversation, cut, hashes);
  }

  /** @returns the hash of each dropped message. */
  private async keep(
    caller: Caller,
    { costs, messages, textOf }: Conversation,
    { dropped, hash, content, markerTokens }: Cut,
    userId: string | undefined,
  ): Promise<readonly string[]> {
    const owner = userId === undefined ? {} : { userId };
    const singles = dropped.map(({ index }): Original => {
      const text = textOf(index);
      const name = messages[index]?.name;
      return {
        ...owner,
        ...(typeof name === 'string' && messages[index]?.role === 'tool' && { toolName: name }),
        hash: hashOriginal(text),
        content: text,
        originalTokens: costs[index] ?? 0,
        compressedTokens: 0,
        originalItemCount: 1,
        compressedItemCount: 0,
      };
    });
    const all: Original = {
      ...owner,
      hash,
      content,
      originalTokens: singles.reduce((sum, { originalTokens }) => sum + originalTokens, 0),
      compressedTokens: markerTokens,
      originalItemCount: dropped.length,
      compressedItemCount: 0,
    };
    await this.originals.put(caller, [...singles, all]);
    return singles.map((original) => original.hash);
  }
}

function measure(
  { messages, costs: known, asSent = messages, sentTexts }: FitRequest,
  counter: TokenCounter,
): Conversation {
  const costs = known ?? messages.map((message) => counter.countMessage(message));
  const total = messages.length === 0 ? 0 : costs.reduce((sum, cost) => sum + cost, counter.replyTokens);
  return { messages, costs, total, textOf: (index) => sentTexts?.[index] ?? JSON.stringify(asSent[index]) };
}

/** The units that may go, first to last. Until importance is scored, both strategies drop the oldest first. */
function droppables({
  messages,
  keepLastTurns,
  firstToGo = () => new Set(),
  frozenMessageCount = 0,
  droppedBefore = new Set(),
}: FitRequest): readonly Droppable[] {
  const lastTurns = startOfLastTurns(messages, keepLastTurns);
  const free = atomicUnits(messages).filter((unit) => !isProtected(unit, messages, lastTurns));
  const order = outdatedFirst(oldestFirst(free, messages.length), firstToGo());
  return goneFirst(frozenLast(order, frozenMessageCount), droppedBefore);
}

/**
 * The shortest beginning of the drop order without which the rest fits. The marker's cost depends on what is dropped,
 * through the hash; so candidates start where a marker cheaper than any real one would fit.
 */
function smallestCut(
  conversation: Conversation,
  order: readonly Droppable[],
  budget: number,
  counter: TokenCounter,
): Cut {
  const leastMarker = Math.max(0, counter.countMessage(markerMessage(1, '')) - HASH_TOKENS_SLACK);
  let rest = conversation.total;
  for (const [count, { unit }] of order.entries()) {
    for (const index of unit) rest -= conversation.costs[index] ?? 0;
    if (rest + leastMarker > budget) continue;
    const cut = cutAfter(conversation, order.slice(0, count + 1), rest, counter);
    if (cut.tokens <= budget) return cut;
  }
  throw overBudget(conversation, order, rest, budget, counter);
}

/** How much less a marker can cost with a hash in it than without: tokens may merge across the place where it stands. */
const HASH_TOKENS_SLACK = 8;

function cutAfter(
  conversation: Conversation,
  order: readonly Droppable[],
  rest: number,
  counter: TokenCounter,
): Cut {
  const dropped = order
    .flatMap(({ unit, score }) => unit.map((index) => ({ index, score })))
    .sort((a, b) => a.index - b.index);
  const content = `[${dropped.map(({ index }) => conversation.textOf(index)).join(',')}]`;
  const hash = hashOriginal(content);
  const marker = markerMessage(dropped.length, hash);
  const markerTokens = counter.countMessage(marker);
  return { dropped, content, hash, marker, markerTokens, tokens: rest + markerTokens };
}

function markerMessage(count: number, hash: string): Message {
  return { role: 'user', content: droppedMessagesMarker(count, hash) };
}

function overBudget(
  conversation: Conversation,
  order: readonly Droppable[],
  rest: number,
  budget: number,
  counter: TokenCounter,
): HeadroomError {
  const protectedTokens = order.length === 0 ? rest : cutAfter(conversation, order, rest, counter).tokens;
  return new HeadroomError(
    'context_over_budget',
    `The protected messages (system messages and the last turns) alone need ${protectedTokens} tokens, but the ` +
      `budget is ${budget}. Raise token_budget, lower keep_last_turns or shorten those messages.`,
    { protected_tokens: protectedTokens, budget },
  );
}

function everything({ messages, total }: Conversation): FitOutcome {
  const kept = messages.map((_, index) => index);
  return { messages, tokens: total, kept, dropped: [], strategy: 'rolling_window' };
}

function outcome({ messages }: Conversation, cut: Cut, hashes: readonly string[]): FitOutcome {
  const gone = new Set(cut.dropped.map(({ index }) => index));
  const kept = messages.map((_, index) => index).filter((index) => !gone.has(index));
  const firstOther = messages.findIndex((message) => !isSystem(message));
  const fitted = messages.filter((_, index) => !gone.has(index));
  return {
    messages: fitted.toSpliced(firstOther, 0, cut.marker),
    tokens: cut.tokens,
    kept,
    dropped: cut.dropped.map(({ index, score }, i): DroppedMessage => ({
      index,
      score,
      hash: hashes[i] ?? '',
    })),
    droppedHash: cut.hash,
    strategy: 'rolling_window',
  };
}
