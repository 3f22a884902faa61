import type { MessageScore, ScoringWeights } from '#libs/context-window';
import type { ContextRequest, ExactContext } from '#libs/conversation';
import type { Scope } from '#libs/kernel';
import type { BuildContext } from './context.schema.js';
import { exactJson, type Answer } from '../../http/answer.js';
import type { Wire } from '../../http/wire.js';

type Fitting = Pick<
  BuildContext,
  | 'model'
  | 'token_budget'
  | 'output_buffer_tokens'
  | 'strategy'
  | 'keep_last_turns'
  | 'weights'
  | 'query'
  | 'compress'
>;

/** What stored and stateless contexts have in common. */
export function toFitting(body: Fitting): Omit<ContextRequest, 'messages' | 'userId' | 'memories'> {
  return {
    model: body.model,
    tokenBudget: body.token_budget,
    outputBufferTokens: body.output_buffer_tokens,
    strategy: body.strategy,
    keepLastTurns: body.keep_last_turns,
    weights: body.weights && toWeights(body.weights),
    query: body.query,
    explain: true,
    compress: body.compress,
  };
}

export function toContextRequest(body: BuildContext): ContextRequest {
  return {
    ...toFitting(body),
    messages: body.messages,
    userId: body.user_id,
    memories: body.memories ? scopeOf(body) : undefined,
  };
}

function scopeOf(body: BuildContext): Scope | undefined {
  if (body.user_id === undefined) return undefined;
  return { userId: body.user_id, sessionId: body.session_id, agentId: body.agent_id, turnId: body.turn_id };
}

/** As JSON text: each message goes in as its own text, so that what was left alone keeps its bytes. */
export function fromContext(context: ExactContext): Answer<string> {
  return exactJson(
    { messages: context.texts },
    {
      tokens_before: context.tokensBefore,
      tokens_after: context.tokensAfter,
      budget: context.budget,
      strategy: context.strategy,
      kept: context.kept,
      dropped: context.dropped.map(({ index, score, hash }) => ({ index, score, hash })),
      ...(context.scores && { scores: context.scores.map(fromScore) }),
      transforms: context.transforms,
      ccr_hashes: context.ccrHashes,
    },
  );
}

function toWeights(weights: NonNullable<Fitting['weights']>): Partial<ScoringWeights> {
  return {
    recency: weights.recency,
    semanticSimilarity: weights.semantic_similarity,
    toinImportance: weights.toin_importance,
    errorIndicator: weights.error_indicator,
    forwardReference: weights.forward_reference,
    tokenDensity: weights.token_density,
  };
}

function fromScore(score: MessageScore): Wire {
  return {
    index: score.index,
    total: score.total,
    recency: score.recency,
    semantic_similarity: score.semanticSimilarity,
    toin_importance: score.toinImportance,
    error_indicator: score.errorIndicator,
    forward_reference: score.forwardReference,
    token_density: score.tokenDensity,
  };
}
