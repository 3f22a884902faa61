import { hashOriginal, type Original, type OriginalStore } from '#libs/ccr';
import type { Caller } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import type { DroppedMessage, FitOutcome, FitRequest } from './contract.js';
import type { Cut } from './cut.js';
import { decisionPoint, stableCut } from './stable-cut.js';
import {
  frozenLast,
  goneFirst,
  leastValuableFirst,
  oldestFirst,
  outdatedFirst,
  type Droppable,
} from './drop-order.js';
import { exactCut } from './exact-cut.js';
import { markerPlace } from './marker-place.js';
import { divide, measure, type Divided, type MeasuredConversation } from './measured-conversation.js';
import { calledTools } from './scoring/called-tools.js';
import { ImportanceScorer, type ScoringRequest } from './scoring/importance-scorer.js';
import type { MessageScore } from './scoring/message-score.js';

/** Fits conversations into a budget by leaving messages out; what is left out stays retrievable. */
export class ContextWindow {
  constructor(
    private readonly originals: OriginalStore,
    private readonly importance = new ImportanceScorer(),
  ) {}

  /**
   * Leaves out what the budget (tokens, marker and reply priming included) demands; nothing when all fits. System
   * messages, the last turns and the pairs of tool calls and results stay whole. Dropped messages are stored, each by
   * itself and all together, before this resolves.
   * @throws HeadroomError `context_over_budget` when the protected part alone costs more than the budget.
   */
  async fit(caller: Caller, request: FitRequest, counter: TokenCounter): Promise<FitOutcome> {
    const conversation = measure(request, counter);
    const fits = conversation.total <= request.budget;
    if (fits && request.explain !== true) return everything(conversation, request.strategy);
    const divided = divide(request);
    const point = fits
      ? { end: conversation.messages.length, block: 0 }
      : decisionPoint(conversation, divided, request.budget);
    const scores =
      request.strategy === 'intelligent'
        ? await this.score(caller, { ...request, ...conversation, ...divided, end: point.end })
        : undefined;
    if (fits) return { ...everything(conversation, strategyOf(scores)), scores };
    const order = dropOrder(request, conversation, divided, scores);
    const cut =
      (scores && stableCut(conversation, order, request.budget, point, counter)) ??
      exactCut(conversation, order, request.budget, counter);
    const hashes = await this.keep(caller, conversation, divided, cut, request.userId);
    return { ...outcome(conversation, divided, cut, hashes), strategy: strategyOf(scores), scores };
  }

  /** Undefined when importance cannot be told: a context is needed all the same. */
  private async score(caller: Caller, request: ScoringRequest): Promise<readonly MessageScore[] | undefined> {
    try {
      return await this.importance.score(caller, request);
    } catch {
      return undefined;
    }
  }

  /** @returns the hash of each dropped message. */
  private async keep(
    caller: Caller,
    { asSent, costs, textOf }: MeasuredConversation,
    { units }: Divided,
    { dropped, hash, content, markerTokens }: Cut,
    userId: string | undefined,
  ): Promise<readonly string[]> {
    const owner = userId === undefined ? {} : { userId };
    const tools = calledTools(asSent, units);
    const singles = dropped.map(({ index }): Original => {
      const text = textOf(index);
      // Retrievals teach how important what the tool gives is.
      const toolName = tools[index]?.[0];
      return {
        ...owner,
        ...(toolName !== undefined && { toolName }),
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

/** Without scores, because none were asked for or none could be told, the oldest go first. */
function strategyOf(scores: readonly MessageScore[] | undefined): FitOutcome['strategy'] {
  return scores === undefined ? 'rolling_window' : 'intelligent';
}

function dropOrder(
  { firstToGo = () => new Set(), frozenMessageCount = 0, droppedBefore = new Set() }: FitRequest,
  { costs }: MeasuredConversation,
  { free }: Divided,
  scores: readonly MessageScore[] | undefined,
): readonly Droppable[] {
  const order =
    scores === undefined
      ? oldestFirst(free, costs)
      : leastValuableFirst(
          free,
          costs,
          scores.map(({ total }) => total),
        );
  return goneFirst(frozenLast(outdatedFirst(order, firstToGo()), frozenMessageCount), droppedBefore);
}

function everything({ messages, total }: MeasuredConversation, strategy: FitOutcome['strategy']): FitOutcome {
  return { messages, tokens: total, kept: messages.map((_, index) => index), dropped: [], strategy };
}

function outcome(
  { messages }: MeasuredConversation,
  { units }: Divided,
  cut: Cut,
  hashes: readonly string[],
): Omit<FitOutcome, 'strategy'> {
  const gone = new Set(cut.dropped.map(({ index }) => index));
  const kept = messages.map((_, index) => index).filter((index) => !gone.has(index));
  const place = markerPlace(messages, units, gone);
  const before = kept.findIndex((index) => index >= place);
  const fitted = kept.flatMap((index) => messages[index] ?? []);
  return {
    messages: fitted.toSpliced(before < 0 ? fitted.length : before, 0, cut.marker),
    tokens: cut.tokens,
    kept,
    dropped: cut.dropped.map(({ index, score }, i): DroppedMessage => ({
      index,
      score,
      hash: hashes[i] ?? '',
    })),
    droppedHash: cut.hash,
  };
}
