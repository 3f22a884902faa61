import {
  supersededResults,
  type CompressionSettings,
  type CompressionOutcome,
  type Compressor,
  type GivenMessages,
} from '#libs/compression';
import type {
  ContextStrategy,
  ContextWindow,
  DroppedMessage,
  FitOutcome,
  MessageScore,
  ScoringWeights,
} from '#libs/context-window';
import { HeadroomError, invalid, type Caller, type Message, type Scope } from '#libs/kernel';
import { loadTokenCounter, type ModelRegistry, type TokenCounter } from '#libs/tokens';
import { deeperCompression, isWithinReach } from './deeper-compression.js';
import { withoutEffect } from './without-effect.js';

/** Adds what is remembered of a scope to messages; `MemoryInjector` of the memory lib is one. */
export interface MemoryRecall {
  inject(
    caller: Caller,
    request: {
      readonly messages: readonly Message[];
      readonly scope: Scope;
      readonly model?: string | undefined;
      readonly extract?: boolean | undefined;
    },
  ): Promise<{ readonly messages: readonly Message[] }>;
}

/** What to build a context from, and how small it must be. */
export interface ContextRequest {
  readonly messages: readonly Message[];
  /** Each message's JSON as it was sent: what is dropped comes back with its number literals. */
  readonly sentTexts?: readonly string[] | undefined;
  readonly model?: string | undefined;
  /** The whole budget; without it the model's limit less the output buffer. */
  readonly tokenBudget?: number | undefined;
  readonly outputBufferTokens: number;
  readonly strategy: ContextStrategy;
  /** The last n user/assistant turns are never dropped. */
  readonly keepLastTurns: number;
  /** What importance is made of; those left out weigh nothing, none at all means the documented defaults. */
  readonly weights?: Partial<ScoringWeights> | undefined;
  /** What the context is wanted for; without it what the user said last. */
  readonly query?: string | undefined;
  /** Tell the scores of the intelligent strategy even where everything fits. */
  readonly explain?: boolean | undefined;
  readonly compress: boolean;
  readonly config?: CompressionSettings | undefined;
  /** The user to whom stored originals belong. */
  readonly userId?: string | undefined;
  /** What this session was given before it is given again. */
  readonly sessionId?: string | undefined;
  /** What an earlier context gave for messages: given again, byte for byte. */
  readonly given?: GivenMessages | undefined;
  /** What an earlier context left out: goes again before anything else does. */
  readonly droppedBefore?: ReadonlySet<number> | undefined;
  /** Recalls memories of this scope into the last user message. */
  readonly memories?: Scope | undefined;
  /**
   * When nothing more can be dropped and the model's own limit is still exceeded: `fail` (default) or `pass`, as the
   * model may know better. An explicit budget always fails.
   */
  readonly beyondModelLimit?: 'fail' | 'pass' | undefined;
  /** Aborted when nobody waits for the context any more: compression gives up. */
  readonly signal?: AbortSignal | undefined;
}

/** `kept` and `dropped` together name every index of the request exactly once. */
export interface BuiltContext {
  readonly messages: readonly Message[];
  readonly tokensBefore: number;
  /** Never above the budget, unless `beyondModelLimit: 'pass'` allowed it. */
  readonly tokensAfter: number;
  readonly budget: number;
  readonly kept: readonly number[];
  readonly dropped: readonly DroppedMessage[];
  /** The strategy that was really applied. */
  readonly strategy: ContextStrategy;
  /** What each message's importance is made of; undefined where nothing was scored. */
  readonly scores?: readonly MessageScore[] | undefined;
  /** Distinct transforms in order of first use. */
  readonly transforms: readonly string[];
  /** Every hash under which something of the request is stored. */
  readonly ccrHashes: readonly string[];
  /** What compression did; undefined when it was not asked for. */
  readonly compression?: CompressionOutcome | undefined;
  /** Every message as it would be given, index by index, those that were dropped included. */
  readonly shaped: readonly Message[];
  /** Indices of the messages into which memories were recalled. */
  readonly recalledInto: readonly number[];
}

/** The transform of a prompt that fits because it was compressed harder. */
const COMPRESS_FIRST = 'compress_first';

/** What is to be fitted into a budget. */
interface Compressed {
  readonly messages: readonly Message[];
  readonly compression: CompressionOutcome | undefined;
  readonly budget: number;
}

/** Makes messages fit: recalls memories when asked, compresses, then drops the least important beyond the budget. */
export class ContextBuilder {
  constructor(
    private readonly compressor: Compressor,
    private readonly window: ContextWindow,
    private readonly models: ModelRegistry,
    private readonly recall?: MemoryRecall,
    private readonly loadCounter: (model?: string) => Promise<TokenCounter> = loadTokenCounter,
  ) {}

  /** @throws HeadroomError `context_over_budget` when the protected part alone exceeds the budget. */
  async build(caller: Caller, request: ContextRequest): Promise<BuiltContext> {
    const budget = this.budgetOf(request);
    const counter = await this.loadCounter(request.model);
    const given = await this.withMemories(caller, request);
    const compression = request.compress
      ? await this.compressToFit(caller, request, given, { budget, counter })
      : undefined;
    const messages = compression?.messages ?? given;
    const fitted = await this.fit(caller, request, { messages, compression, budget }, counter);
    return {
      messages: fitted.messages,
      tokensBefore: tokensBefore(request, given, compression, counter),
      tokensAfter: fitted.tokens,
      budget,
      kept: fitted.kept,
      dropped: fitted.dropped,
      strategy: fitted.strategy,
      scores: fitted.scores,
      transforms: transformsOf(compression, fitted),
      ccrHashes: hashesOf(compression, fitted),
      compression,
      shaped: messages,
      recalledInto: given.flatMap((message, i) => (message === request.messages[i] ? [] : [i])),
    };
  }

  private budgetOf({ tokenBudget, model, outputBufferTokens }: ContextRequest): number {
    if (tokenBudget !== undefined) return tokenBudget;
    const { contextLimit } = this.models.describe(model);
    const budget = contextLimit - outputBufferTokens;
    if (budget > 0) return budget;
    throw invalid([
      {
        path: 'output_buffer_tokens',
        message: `leaves nothing of the model's limit of ${contextLimit} tokens; make it smaller or give a token_budget`,
      },
    ]);
  }

  private async withMemories(caller: Caller, request: ContextRequest): Promise<readonly Message[]> {
    const { messages, memories: scope, model } = request;
    if (scope === undefined || this.recall === undefined) return messages;
    const recalled = await this.recall.inject(caller, { messages, scope, model, extract: false });
    return recalled.messages;
  }

  /** A prompt that is only slightly too long is compressed harder before anything of it is dropped. */
  private async compressToFit(
    caller: Caller,
    request: ContextRequest,
    messages: readonly Message[],
    { budget, counter }: { readonly budget: number; readonly counter: TokenCounter },
  ): Promise<CompressionOutcome> {
    const outcome = await this.compress(caller, request, messages);
    const tokens = tokensOf(outcome, counter);
    if (request.strategy !== 'intelligent' || !isWithinReach(tokens, budget)) return outcome;
    const config = deeperCompression(request.config);
    // A session keeps what it was given first: what is done here is done anew, and alike, with every turn.
    const deeper = await this.compress(caller, { ...request, config, sessionId: undefined }, messages);
    if (tokensOf(deeper, counter) > budget) return outcome;
    return { ...deeper, waste: outcome.waste, transforms: [...deeper.transforms, COMPRESS_FIRST] };
  }

  private async compress(
    caller: Caller,
    request: ContextRequest,
    messages: readonly Message[],
  ): Promise<CompressionOutcome> {
    const { model, config, userId, sessionId, signal } = request;
    const session = sessionId === undefined ? undefined : { userId, sessionId };
    const asked = { messages, model, config, userId, given: request.given };
    const outcome = await this.compressor.compressFor(caller, session, asked, { signal });
    return outcome.tokensAfter <= outcome.tokensBefore
      ? outcome
      : withoutEffect(outcome, messages, request.given);
  }

  private async fit(
    caller: Caller,
    request: ContextRequest,
    { messages, compression, budget }: Compressed,
    counter: TokenCounter,
  ): Promise<FitOutcome> {
    try {
      return await this.window.fit(
        caller,
        {
          messages,
          costs: countedCosts(compression),
          // Memories and compression change messages in their place; what is dropped is stored as the client sent it.
          asSent: request.messages,
          sentTexts: request.sentTexts,
          budget,
          strategy: request.strategy,
          keepLastTurns: request.keepLastTurns,
          weights: request.weights,
          query: request.query,
          explain: request.explain,
          firstToGo: (end) => outdated(request.messages.slice(0, end), compression),
          frozenMessageCount: request.config?.frozenMessageCount,
          droppedBefore: request.droppedBefore,
          userId: request.userId,
        },
        counter,
      );
    } catch (error) {
      if (!mayPass(error, request)) throw error;
      return {
        messages,
        tokens: compression === undefined ? counter.countMessages(messages) : tokensOf(compression, counter),
        kept: messages.map((_, i) => i),
        dropped: [],
        strategy: request.strategy,
      };
    }
  }
}

/** Compression has counted the messages, on a thread of its own if they are large; undefined if it only guessed. */
function countedCosts(compression: CompressionOutcome | undefined): readonly number[] | undefined {
  return compression?.isEstimated === true
    ? undefined
    : compression?.reports.map(({ tokensAfter }) => tokensAfter);
}

function tokensOf(compression: CompressionOutcome, counter: TokenCounter): number {
  const costs = countedCosts(compression);
  return (
    costs?.reduce((sum, cost) => sum + cost, counter.replyTokens) ??
    counter.countMessages(compression.messages)
  );
}

/** What was superseded; but not what later messages refer to, since that stands nowhere else. */
function outdated(
  messages: readonly Message[],
  compression: CompressionOutcome | undefined,
): ReadonlySet<number> {
  const referred = new Set(compression?.reports.flatMap(({ refersTo }) => refersTo ?? []));
  return new Set([...supersededResults(messages)].filter((index) => !referred.has(index)));
}

function mayPass(error: unknown, request: ContextRequest): boolean {
  return (
    error instanceof HeadroomError &&
    error.code === 'context_over_budget' &&
    request.tokenBudget === undefined &&
    request.beyondModelLimit === 'pass'
  );
}

/** What the messages cost as the client sent them; compression has counted them already when nothing was recalled. */
function tokensBefore(
  request: ContextRequest,
  given: readonly Message[],
  compression: CompressionOutcome | undefined,
  counter: TokenCounter,
): number {
  const isCounted = compression !== undefined && compression.isEstimated !== true;
  if (isCounted && given === request.messages) return compression.tokensBefore;
  return counter.countMessages(request.messages);
}

function transformsOf(compression: CompressionOutcome | undefined, fitted: FitOutcome): readonly string[] {
  const window = fitted.strategy === 'intelligent' ? 'intelligent_context' : 'rolling_window';
  const dropped = fitted.dropped.length > 0 ? [`${window}:${fitted.dropped.length}`] : [];
  return [...(compression?.transforms ?? []), ...dropped];
}

function hashesOf(compression: CompressionOutcome | undefined, fitted: FitOutcome): readonly string[] {
  const compressed = (compression?.originals ?? []).map(({ hash }) => hash);
  const dropped = fitted.dropped.map(({ hash }) => hash);
  const all = fitted.droppedHash === undefined ? [] : [fitted.droppedHash];
  return [...new Set([...compressed, ...dropped, ...all])];
}
