/** `lossless` never drops; `ccr` drops with a marker and a stored original; `lossy_inline` drops without a marker. */
export type CompressionMode = 'lossless' | 'ccr' | 'lossy_inline';

export interface SmartCrusherConfig {
  readonly enabled: boolean;
  /** Arrays with fewer items pass through. */
  readonly minItemsToAnalyze: number;
  /** Content with fewer tokens passes through. */
  readonly minTokensToCrush: number;
  readonly maxItemsAfterCrush: number;
  readonly keepFirst: number;
  readonly keepLast: number;
  readonly relevanceThreshold: number;
  /** Standard deviations from the mean beyond which a value is an anomaly. */
  readonly anomalyStdThreshold: number;
  readonly preserveErrors: boolean;
  readonly preserveFields: readonly string[];
}

export interface CacheAlignerConfig {
  readonly enabled: boolean;
  /** Further patterns (regular expressions) to move to the tail of the system prompt. */
  readonly datePatterns: readonly string[];
}

export interface ToolProfile {
  readonly skipCompression?: boolean | undefined;
  readonly maxItemsAfterCrush?: number | undefined;
}

/** How to compress; the defaults are the documented ones. */
export interface CompressionConfig {
  readonly mode: CompressionMode;
  /** Compress user messages too; by default they are never touched. */
  readonly compressUserMessages: boolean;
  /** The first n messages are left exactly as sent. */
  readonly frozenMessageCount: number;
  /** Source code in the last n messages is never compressed. */
  readonly protectRecentCode: number;
  readonly smartCrusher: SmartCrusherConfig;
  readonly cacheAligner: CacheAlignerConfig;
  /** Tool name → profile. */
  readonly toolProfiles: Readonly<Record<string, ToolProfile>>;
  /** Milliseconds after which messages not yet compressed stay as they are. */
  readonly deadlineMs: number;
}

export const DEFAULT_COMPRESSION_CONFIG: CompressionConfig = {
  mode: 'ccr',
  compressUserMessages: false,
  frozenMessageCount: 0,
  protectRecentCode: 4,
  smartCrusher: {
    enabled: true,
    minItemsToAnalyze: 5,
    minTokensToCrush: 200,
    maxItemsAfterCrush: 15,
    keepFirst: 3,
    keepLast: 2,
    relevanceThreshold: 0.3,
    anomalyStdThreshold: 2,
    preserveErrors: true,
    preserveFields: [],
  },
  cacheAligner: { enabled: true, datePatterns: [] },
  toolProfiles: {},
  deadlineMs: 10_000,
};

/** The defaults with what a request sets laid over them. */
export function completeConfig(config: Partial<CompressionConfig> = {}): CompressionConfig {
  return {
    ...DEFAULT_COMPRESSION_CONFIG,
    ...config,
    smartCrusher: { ...DEFAULT_COMPRESSION_CONFIG.smartCrusher, ...config.smartCrusher },
    cacheAligner: { ...DEFAULT_COMPRESSION_CONFIG.cacheAligner, ...config.cacheAligner },
  };
}
