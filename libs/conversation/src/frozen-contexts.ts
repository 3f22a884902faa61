import type { CompressionReason, GivenMessages } from '#libs/compression';
import type { Caller, Message } from '#libs/kernel';
import type { BuiltContext, ContextBuilder, ContextRequest } from './context-builder.js';
import { shapedTexts, withTexts, type ExactContext } from './exact-texts.js';
import type { FrozenPrefix, FrozenPrefixStore } from './frozen-prefix-store.js';

/** Others build contexts of the same conversation at the same time; so often in a row hardly ever. */
const MOST_ATTEMPTS = 5;

/** What was given as it was for want of time or by a fault is decided anew. */
const UNDECIDED: readonly CompressionReason[] = ['deadline', 'failed'];

/**
 * Builds contexts that keep their beginning: what an earlier context of the conversation gave is given again, byte for
 * byte, and what it left out stays out, so that the provider's prompt cache is hit.
 */
export class FrozenContexts {
  constructor(
    private readonly builder: ContextBuilder,
    private readonly prefixes: FrozenPrefixStore,
  ) {}

  /**
   * @param conversationId of a stored conversation; without it nothing is remembered.
   * @throws HeadroomError `context_over_budget`
   */
  async build(caller: Caller, request: ContextRequest, conversationId?: string): Promise<ExactContext> {
    if (conversationId === undefined) {
      const context = await this.builder.build(caller, request);
      return withTexts(context, shapedTexts(request, context.shaped));
    }
    const address = { conversationId, lineage: lineageOf(request) };
    for (let attempt = 1; ; attempt++) {
      const prefix = await this.prefixes.find(caller, address);
      const context = await this.builder.build(caller, onTopOf(prefix, request));
      const texts = shapedTexts(request, context.shaped, prefix.given);
      const change = changeOf(prefix, request, context, texts);
      const isDone = change === undefined || (await this.prefixes.save(caller, address, change));
      if (isDone || attempt === MOST_ATTEMPTS) return withTexts(context, texts);
    }
  }
}

/** Another model has another cache, and reads other bytes where it counts otherwise. */
function lineageOf({ model, compress }: ContextRequest): string {
  return JSON.stringify([model ?? null, compress]);
}

/** What decides which messages are left out. */
function fittingOf(request: ContextRequest): string {
  const { tokenBudget, outputBufferTokens, strategy, keepLastTurns, weights, query } = request;
  const importance = [weights ?? null, query ?? null];
  return JSON.stringify([tokenBudget ?? null, outputBufferTokens, strategy, keepLastTurns, ...importance]);
}

function onTopOf(prefix: FrozenPrefix, request: ContextRequest): ContextRequest {
  const given: GivenMessages = Object.fromEntries(
    [...prefix.given].map(([index, text]) => [index, text === null ? null : (JSON.parse(text) as Message)]),
  );
  const isSameFitting = prefix.fitting === fittingOf(request);
  return { ...request, given, droppedBefore: new Set(isSameFitting ? prefix.dropped : []) };
}

/** What the next context has to know; undefined when it knows it already. */
function changeOf(
  prefix: FrozenPrefix,
  request: ContextRequest,
  context: BuiltContext,
  texts: readonly string[],
): FrozenPrefix | undefined {
  const fitting = fittingOf(request);
  const dropped = context.dropped.map(({ index }) => index);
  const given = newlyGiven(prefix, request, context, texts);
  const isKnown =
    given.size === 0 &&
    prefix.fitting === fitting &&
    JSON.stringify(prefix.dropped) === JSON.stringify(dropped);
  return isKnown ? undefined : { revision: prefix.revision, given, fitting, dropped };
}

function newlyGiven(
  prefix: FrozenPrefix,
  { messages, sentTexts }: ContextRequest,
  { compression, kept, recalledInto }: BuiltContext,
  texts: readonly string[],
): Map<number, string | null> {
  const given = new Map<number, string | null>();
  if (compression === undefined) return given;
  // A memory may be forgotten or superseded before the next turn: what was recalled is never frozen.
  const isOpen = new Set(recalledInto);
  for (const index of kept) {
    const reason = compression.reports[index]?.reason;
    if (prefix.given.has(index) || isOpen.has(index) || (reason && UNDECIDED.includes(reason))) continue;
    const text = texts[index];
    const sent = sentTexts?.[index] ?? JSON.stringify(messages[index]);
    given.set(index, text === undefined || text === sent ? null : text);
  }
  return given;
}
