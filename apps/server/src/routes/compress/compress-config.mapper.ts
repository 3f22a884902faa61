import { DEFAULT_COMPRESSION_CONFIG, type CompressionConfig, type ToolProfile } from '#libs/compression';
import type { ContextStrategy } from '#libs/context-window';
import type { CompressConfig } from './compress.schema.js';

const OUTPUT_BUFFER_TOKENS = 4000;
const KEEP_LAST_TURNS = 2;

export interface WindowSettings {
  readonly strategy: ContextStrategy;
  readonly outputBufferTokens: number;
  readonly keepLastTurns: number;
}

/** What a client's configuration says of compression; what it leaves out stays at its default. */
export function toCompressionConfig(config: CompressConfig): Partial<CompressionConfig> {
  return withoutGaps<CompressionConfig>({
    mode: modeOf(config),
    compressUserMessages: config.compress_user_messages,
    frozenMessageCount: config.frozen_message_count,
    protectRecentCode: config.protect_recent_code ?? config.protect_recent,
    deadlineMs: config.deadline_ms,
    smartCrusher: smartCrusherOf(config),
    cacheAligner: cacheAlignerOf(config),
    toolProfiles: toolProfilesOf(config),
  });
}

/** The settings of the window that is switched on; IntelligentContext unless only RollingWindow is. */
export function toWindowSettings(config: CompressConfig): WindowSettings {
  const rolling = config.rolling_window;
  const intelligent = config.intelligent_context;
  const isRolling = rolling?.enabled === true && intelligent?.enabled !== true;
  const window = (isRolling ? rolling : intelligent) ?? rolling;
  const turns = window?.keep_last_turns ?? window?.preserve_recent_turns ?? window?.min_keep_turns;
  return {
    strategy: isRolling ? 'rolling_window' : 'intelligent',
    outputBufferTokens: config.output_buffer_tokens ?? window?.output_buffer_tokens ?? OUTPUT_BUFFER_TOKENS,
    keepLastTurns: config.keep_last_turns ?? config.keep_turns ?? turns ?? KEEP_LAST_TURNS,
  };
}

/** Without a store nothing may be dropped; without markers it is dropped silently, though stored. */
function modeOf({ mode, ccr }: CompressConfig): CompressionConfig['mode'] | null | undefined {
  if (ccr?.enabled === false) return 'lossless';
  return mode ?? (ccr?.inject_retrieval_marker === false ? 'lossy_inline' : undefined);
}

function smartCrusherOf({
  smart_crusher: given,
}: CompressConfig): CompressionConfig['smartCrusher'] | undefined {
  if (given === undefined || given === null) return undefined;
  const defaults = DEFAULT_COMPRESSION_CONFIG.smartCrusher;
  return {
    enabled: given.enabled ?? defaults.enabled,
    minItemsToAnalyze: given.min_items_to_analyze ?? defaults.minItemsToAnalyze,
    minTokensToCrush: given.min_tokens_to_crush ?? defaults.minTokensToCrush,
    maxItemsAfterCrush: given.max_items_after_crush ?? defaults.maxItemsAfterCrush,
    keepFirst: given.keep_first ?? defaults.keepFirst,
    keepLast: given.keep_last ?? defaults.keepLast,
    relevanceThreshold:
      given.relevance_threshold ?? given.relevance?.relevance_threshold ?? defaults.relevanceThreshold,
    anomalyStdThreshold:
      given.anomaly_std_threshold ?? given.variance_threshold ?? defaults.anomalyStdThreshold,
    preserveErrors: given.preserve_errors ?? defaults.preserveErrors,
    preserveFields: given.preserve_fields ?? defaults.preserveFields,
  };
}

function cacheAlignerOf({
  cache_aligner: given,
}: CompressConfig): CompressionConfig['cacheAligner'] | undefined {
  if (given === undefined || given === null) return undefined;
  return {
    enabled: given.enabled ?? DEFAULT_COMPRESSION_CONFIG.cacheAligner.enabled,
    datePatterns: [...(given.date_patterns ?? []), ...(given.dynamic_patterns ?? [])],
  };
}

function toolProfilesOf(config: CompressConfig): Readonly<Record<string, ToolProfile>> | undefined {
  const profiles = config.tool_profiles ?? config.tool_crusher?.tool_profiles;
  if (profiles === undefined || profiles === null) return undefined;
  return Object.fromEntries(
    Object.entries(profiles).map(([tool, profile]) => [
      tool,
      {
        skipCompression: profile.skip_compression ?? undefined,
        maxItemsAfterCrush: profile.max_items_after_crush ?? undefined,
      },
    ]),
  );
}

/** Leaves out what was not said, so that it cannot hide a default. */
function withoutGaps<T>(fields: { readonly [K in keyof T]?: T[K] | null | undefined }): Partial<T> {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(said) as Partial<T>;
}
