import type { CompressionSettings, MessageReport } from '#libs/compression';
import type { ContextStrategy, ScoringWeights } from '#libs/context-window';
import { HeadroomError, requireUser, type Caller, type Clock, type Message } from '#libs/kernel';
import { loadTokenCounter, type ModelRegistry, type TokenCounter } from '#libs/tokens';
import type { BuiltContext, ContextBuilder } from './context-builder.js';
import type { CompressionJournal } from './compression-journal.js';
import { shapedTexts, withTexts } from './exact-texts.js';
import { simulationOf, type Simulation } from './simulation.js';

/** `optimize` compresses, `simulate` also tells where tokens are wasted, `audit` only counts. */
export type PromptMode = 'optimize' | 'simulate' | 'audit';

export interface PromptRequest {
  readonly messages: readonly Message[];
  /** The JSON of each message as it was sent, where that is known. */
  readonly sentTexts?: readonly string[] | undefined;
  readonly model?: string | undefined;
  readonly tokenBudget?: number | undefined;
  readonly outputBufferTokens: number;
  readonly strategy: ContextStrategy;
  readonly keepLastTurns: number;
  /** What the importance of a message is made of, for `intelligent`. */
  readonly weights?: Partial<ScoringWeights> | undefined;
  readonly mode: PromptMode;
  readonly config?: CompressionSettings | undefined;
  readonly userId?: string | undefined;
  /** What this session was given before it is given again. */
  readonly sessionId?: string | undefined;
  /** Give the messages back untouched and uncounted. */
  readonly bypass: boolean;
  /** A deadline is an error rather than a reason. */
  readonly strict: boolean;
  /** Aborted when the client has gone. */
  readonly signal?: AbortSignal | undefined;
}

export interface CompressedPrompt {
  readonly messages: readonly Message[];
  /** The JSON of each of them: what was left alone stands as it was sent. */
  readonly texts: readonly string[];
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly transforms: readonly string[];
  /** Transform → how many messages it changed. */
  readonly transformsSummary: Readonly<Record<string, number>>;
  readonly ccrHashes: readonly string[];
  /** Why each message is as it is; empty where nothing was looked at. */
  readonly reports: readonly MessageReport[];
  /**
   * The number of the snapshot of what was learned that was gone by, 0 before anything was; undefined where nothing was
   * compressed.
   */
  readonly learnedSnapshot?: number | undefined;
  readonly simulation?: Simulation | undefined;
}

/** Compresses a prompt for a client that talks to its model itself. */
export class PromptCompression {
  constructor(
    private readonly contexts: ContextBuilder,
    private readonly journal: CompressionJournal,
    private readonly models: ModelRegistry,
    private readonly clock: Clock,
    private readonly loadCounter: (model?: string) => Promise<TokenCounter> = loadTokenCounter,
  ) {}

  /**
   * The messages, smaller; never above an explicit `tokenBudget`.
   * @throws HeadroomError `forbidden`; `context_over_budget`; `compression_timeout` when `strict` and the deadline passed.
   */
  async compress(caller: Caller, request: PromptRequest): Promise<CompressedPrompt> {
    if (request.userId !== undefined) requireUser(caller, request.userId);
    if (request.bypass || request.messages.length === 0) return untouched(request, 0);
    const startedAt = this.clock.now();
    const counter = await this.loadCounter(request.model);
    const { prompt, context } = await this.run(caller, request, counter);
    this.journal.write(caller, {
      operation: 'compress',
      startedAt,
      mode: request.mode,
      model: request.model,
      userId: request.userId,
      tokensBefore: prompt.tokensBefore,
      tokensAfter: prompt.tokensAfter,
      transforms: prompt.transforms,
      observations: context?.compression?.observations ?? [],
      waste: context?.compression?.waste,
    });
    return prompt;
  }

  private async run(
    caller: Caller,
    request: PromptRequest,
    counter: TokenCounter,
  ): Promise<{ prompt: CompressedPrompt; context?: BuiltContext }> {
    if (request.mode === 'audit') {
      return { prompt: untouched(request, counter.countMessages(request.messages)) };
    }
    const context = await this.contexts.build(caller, {
      ...request,
      // A rehearsal decides nothing.
      sessionId: request.mode === 'simulate' ? undefined : request.sessionId,
      compress: true,
      beyondModelLimit: 'pass',
    });
    if (request.strict) refuseDeadline(context);
    const { messages, tokensBefore, tokensAfter, transforms, ccrHashes } = context;
    const { pricing } = this.models.describe(request.model);
    return {
      context,
      prompt: {
        messages,
        texts: withTexts(context, shapedTexts(request, context.shaped)).texts,
        tokensBefore,
        tokensAfter,
        transforms,
        transformsSummary: summaryOf(context),
        ccrHashes,
        reports: context.compression?.reports ?? [],
        learnedSnapshot: context.compression?.learnedSnapshot,
        simulation:
          request.mode === 'simulate'
            ? simulationOf(
                { before: request.messages, after: messages, tokensBefore, tokensAfter, pricing },
                counter,
              )
            : undefined,
      },
    };
  }
}

function untouched(
  { messages, sentTexts }: Pick<PromptRequest, 'messages' | 'sentTexts'>,
  tokens: number,
): CompressedPrompt {
  return {
    messages,
    texts: shapedTexts({ messages, sentTexts }, messages),
    tokensBefore: tokens,
    tokensAfter: tokens,
    transforms: [],
    transformsSummary: {},
    ccrHashes: [],
    reports: [],
  };
}

function summaryOf({ compression, dropped, transforms }: BuiltContext): Record<string, number> {
  const summary: Record<string, number> = { ...compression?.transformsSummary };
  const window = transforms.at(-1);
  if (dropped.length > 0 && window !== undefined) summary[window] = dropped.length;
  return summary;
}

function refuseDeadline({ compression }: BuiltContext): void {
  const late = compression?.reports.filter(({ reason }) => reason === 'deadline') ?? [];
  if (late.length === 0) return;
  throw new HeadroomError(
    'compression_timeout',
    'Compression did not finish within its deadline; send less at once, or leave out `strict` to get what was done.',
    { messages: late.map(({ index }) => index) },
  );
}
