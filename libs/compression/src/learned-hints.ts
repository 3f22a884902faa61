import { DEFAULT_AGGRESSIVENESS, importanceOf, type LearnedHints, type OutputIdentity } from '#libs/learning';
import type { CompressionConfig } from './compression-config.js';
import type { Turn } from './turn.js';

const NO_HINTS: LearnedHints = {};

/** What was learned of outputs like this one, where it is certain enough. */
export function hintsFor({ learned, config }: Turn, output: OutputIdentity): LearnedHints {
  const { confidence, hints } = importanceOf(learned, output);
  return confidence >= config.feedback.confidenceThreshold ? hints : NO_HINTS;
}

/** The configuration with hints laid over it; what the request itself sets stays. */
export function withHints({ config, settings }: Turn, hints: LearnedHints): CompressionConfig {
  if (Object.keys(hints).length === 0) return config;
  const { maxItems, aggressiveness, keepWhole, preserveFields = [] } = hints;
  const items = settings.smartCrusher?.maxItemsAfterCrush === undefined ? maxItems : undefined;
  const results = settings.search?.maxResults === undefined ? maxItems : undefined;
  const ratio = settings.text?.targetRatio === undefined ? aggressiveness : undefined;
  const { smartCrusher, search, text } = config;
  return {
    ...config,
    mode: keepWhole === true ? 'lossless' : config.mode,
    smartCrusher: {
      ...smartCrusher,
      maxItemsAfterCrush: items ?? smartCrusher.maxItemsAfterCrush,
      learnedFields: preserveFields,
    },
    search: {
      ...search,
      maxResults:
        results === undefined
          ? search.maxResults
          : Math.round((search.maxResults * results) / smartCrusher.maxItemsAfterCrush),
    },
    text: {
      ...text,
      targetRatio: ratio === undefined ? text.targetRatio : keptShare(ratio, text.targetRatio),
    },
  };
}

/** The usual aggressiveness keeps the usual share, none keeps everything. */
function keptShare(aggressiveness: number, usual: number): number {
  return Math.min(1, 1 - (aggressiveness / DEFAULT_AGGRESSIVENESS) * (1 - usual));
}
