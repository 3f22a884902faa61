import { hashOriginal, type Original, type OriginalStore } from '#libs/ccr';
import type { Caller } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import type { DroppedMessage, FitOutcome, FitRequest } from './contract.js';
import type { AtomicUnit } from './atomic-units.js';
import { breath } from './breath.js';
import { cutOut, type Cut } from './cut.js';
import {
  askedLast,
  frozenLast,
  goneFirst,
  leastValuableFirst,
  oldestFirst,
  outdatedFirst,
  unreadLast,
  type Droppable,
} from './drop-order.js';
import { exactCut } from './exact-cut.js';
import { markerPlace } from './marker-place.js';
import { divide, measure, type Divided, type MeasuredConversation } from './measured-conversation.js';
import { calledTools } from './scoring/called-tools.js';
import { ImportanceScorer, type Importance } from './scoring/importance-scorer.js';
import type { MessageScore } from './scoring/message-score.js';
import { TurnStarts } from './protection.js';
import { leastThatFrees, standingCut, type StandingCut } from './standing-cut.js';

/** A message that is so similar to what is asked for may hold the answer. */
const ASKED_SIMILARITY = 0.2;

/** What was decided, and by which scores; undefined where there are none. */
interface Decision {
  readonly cut: Cut;
  readonly scores?: readonly MessageScore[] | undefined;
}

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
    const importance = await this.importanceOf(caller, request, conversation, divided);
    if (fits) {
      const scores = await importance?.at(conversation.messages.length);
      return { ...everything(conversation, strategyOf(scores)), scores };
    }
    const { cut, scores } =
      importance === undefined
        ? {
            cut: exactCut(
              conversation,
              dropOrder(request, conversation, divided.free),
              request.budget,
              counter,
            ),
          }
        : await decide(request, conversation, divided, importance, counter);
    await breath();
    const hashes = await this.keep(caller, conversation, divided, cut, request.userId);
    return { ...outcome(conversation, divided, cut, hashes), strategy: strategyOf(scores), scores };
  }

  /** Undefined when importance is not asked for or cannot be told: a context is needed all the same. */
  private async importanceOf(
    caller: Caller,
    { strategy, weights, query }: FitRequest,
    { asSent }: MeasuredConversation,
    { units }: Divided,
  ): Promise<Importance | undefined> {
    if (strategy !== 'intelligent') return undefined;
    try {
      return await this.importance.read(caller, { asSent, units, weights, query });
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

/** By importance: what stands already, with what is asked for now; where that is not enough, cut for this request alone. */
async function decide(
  request: FitRequest,
  conversation: MeasuredConversation,
  divided: Divided,
  importance: Importance,
  counter: TokenCounter,
): Promise<Decision> {
  const { budget } = request;
  const { length } = conversation.messages;
  const now = await importance.at(length);
  await breath();
  const standing = await standingCut(
    conversation,
    divided,
    request,
    async (units, end) => dropOrder(request, conversation, units, await importance.at(end), end),
    counter,
  );
  if (standing !== undefined) {
    const [asked, decidedBy] = [importance.questionAt(length), importance.questionAt(standing.end)];
    for (const question of new Set([asked, decidedBy])) {
      const scores = await importance.at(standing.end, question);
      const gone =
        question === decidedBy ? standing.gone : withAsked(request, conversation, standing, scores);
      const cut = cutOut(conversation, gone, counter);
      if (cut.tokens <= budget) return { cut, scores: [...scores, ...now.slice(standing.end)] };
    }
  }
  const order = dropOrder(request, conversation, divided.free, now);
  const lastOfAssistant = new TurnStarts(conversation.messages).lastOfAssistant(length);
  return { cut: exactCut(conversation, unreadLast(order, lastOfAssistant), budget, counter), scores: now };
}

/** What stands stays as it is, unless something is asked for that was left out. */
function withAsked(
  request: FitRequest,
  conversation: MeasuredConversation,
  { gone, eligible, end, over }: StandingCut,
  scores: readonly MessageScore[],
): readonly Droppable[] {
  const isAsked = (unit: AtomicUnit): boolean =>
    unit.some((index) => (scores[index]?.semanticSimilarity ?? 0) >= ASKED_SIMILARITY) &&
    !unit.some((index) => request.droppedBefore?.has(index));
  const order = dropOrder(request, conversation, eligible, scores, end);
  const isGone = new Set(gone.flatMap(({ unit }) => unit));
  if (!gone.some(({ unit }) => isAsked(unit)))
    return order.filter(({ unit: [first = 0] }) => isGone.has(first));
  return leastThatFrees(askedLast(order, isGone, isAsked), over);
}

function dropOrder(
  { firstToGo = () => new Set(), frozenMessageCount = 0, droppedBefore = new Set() }: FitRequest,
  { costs }: MeasuredConversation,
  units: Divided['free'],
  scores?: readonly MessageScore[],
  end = costs.length,
): readonly Droppable[] {
  const order =
    scores === undefined
      ? oldestFirst(units, costs)
      : leastValuableFirst(
          units,
          costs,
          scores.map(({ total }) => total),
        );
  return goneFirst(frozenLast(outdatedFirst(order, firstToGo(end)), frozenMessageCount), droppedBefore);
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
