import { parseCompressionConfig, type CompressionSettings } from '#libs/compression';
import type { ContextStrategy, ScoringWeights } from '#libs/context-window';
import { invalid } from '#libs/kernel';
import type { CompressConfig } from './compress.schema.js';

const OUTPUT_BUFFER_TOKENS = 4000;
const KEEP_LAST_TURNS = 2;

export interface WindowSettings {
  readonly strategy: ContextStrategy;
  readonly outputBufferTokens: number;
  readonly keepLastTurns: number;
  readonly weights?: Partial<ScoringWeights> | undefined;
}

/** What a client's configuration says of compression. @throws HeadroomError `validation_error` naming every fault. */
export function toCompressionConfig(wire: CompressConfig): CompressionSettings {
  const { config, faults } = parseCompressionConfig(wire);
  if (faults.length === 0) return config;
  throw invalid(faults.map(({ path, message }) => ({ path: `config.${path}`, message })));
}

/** The settings of the window that is switched on; IntelligentContext unless only RollingWindow is, or it may not score. */
export function toWindowSettings(config: CompressConfig): WindowSettings {
  const rolling = config.rolling_window;
  const intelligent = config.intelligent_context;
  const isRollingAlone = rolling?.enabled === true && intelligent?.enabled !== true;
  const mayScore = intelligent?.enabled !== false && intelligent?.use_importance_scoring !== false;
  const window = (isRollingAlone ? rolling : intelligent) ?? rolling;
  const turns = window?.keep_last_turns ?? window?.preserve_recent_turns ?? window?.min_keep_turns;
  return {
    strategy: isRollingAlone || !mayScore ? 'rolling_window' : 'intelligent',
    outputBufferTokens: config.output_buffer_tokens ?? window?.output_buffer_tokens ?? OUTPUT_BUFFER_TOKENS,
    keepLastTurns: config.keep_last_turns ?? config.keep_turns ?? turns ?? KEEP_LAST_TURNS,
    weights: toWeights(intelligent?.scoring_weights ?? {}),
  };
}

type WeightsOnTheWire = NonNullable<NonNullable<CompressConfig['intelligent_context']>['scoring_weights']>;

function toWeights(weights: WeightsOnTheWire): Partial<ScoringWeights> {
  return {
    recency: weights.recency ?? undefined,
    semanticSimilarity: weights.semantic_similarity ?? undefined,
    toinImportance: weights.toin_importance ?? undefined,
    errorIndicator: weights.error_indicator ?? undefined,
    forwardReference: weights.forward_reference ?? undefined,
    tokenDensity: weights.token_density ?? undefined,
  };
}
