import { CONFIDENCE_THRESHOLD } from '#libs/learning';

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
  /** Items that have one of these fields with a value that is not empty stay. */
  readonly preserveFields: readonly string[];
  /** Fields that were asked for before: of items left out their values are told, and the few that alone have one stay. */
  readonly learnedFields: readonly string[];
  readonly preserveChangePoints: boolean;
  readonly dedupIdenticalItems: boolean;
  /** Share of the kept items that come from the start of an array; the rest goes to the important ones. */
  readonly firstFraction: number;
  readonly lastFraction: number;
  /** How items are matched with the user's question; `embedding` and `hybrid` fall back to `bm25` without an embedder. */
  readonly relevanceTier: RelevanceTier;
}

export type RelevanceTier = 'bm25' | 'embedding' | 'hybrid';

export interface CacheAlignerConfig {
  readonly enabled: boolean;
  /** Further patterns (regular expressions) to move to the tail of the system prompt. */
  readonly datePatterns: readonly string[];
  /** What stands between the stable part and the moved one. */
  readonly dynamicTailSeparator: string;
  /** Trailing spaces and repeated spaces between words go. */
  readonly normalizeWhitespace: boolean;
  /** Two or more blank lines become one. */
  readonly collapseBlankLines: boolean;
}

export interface SearchConfig {
  readonly enabled: boolean;
  /** Matches kept at most by the lossy form. */
  readonly maxResults: number;
  /** Every file keeps a match before any file keeps a third, as far as `maxResults` reaches. */
  readonly preserveFileDiversity: boolean;
  readonly relevanceThreshold: number;
}

export interface LogConfig {
  readonly enabled: boolean;
}

export interface DiffConfig {
  readonly enabled: boolean;
  /** Unchanged lines kept on each side of a change. */
  readonly contextLines: number;
}

export interface HtmlConfig {
  readonly enabled: boolean;
  /** Write links as `[text](url)`; by default only their text stays. */
  readonly includeLinks: boolean;
}

export type DocstringMode = 'full' | 'first_line' | 'remove';

export interface CodeConfig {
  readonly enabled: boolean;
  readonly preserveImports: boolean;
  readonly preserveSignatures: boolean;
  readonly preserveTypeAnnotations: boolean;
  readonly preserveErrorHandlers: boolean;
  readonly preserveDecorators: boolean;
  readonly docstringMode: DocstringMode;
  /** Share of the tokens to aim at; bodies are cut shorter until it is reached. */
  readonly targetCompressionRate: number;
  /** Lines kept of each function body at most. */
  readonly maxBodyLines: number;
  readonly minTokensForCompression: number;
  /** Overrules what the router finds. */
  readonly languageHint?: string | undefined;
}

export interface TextConfig {
  readonly enabled: boolean;
  /** Share of the tokens to keep. */
  readonly targetRatio: number;
  readonly relevanceThreshold: number;
}

/** The token classifier (LLMLingua-2, Pan et al. 2024); works only where the server has a model for it. */
export interface LlmlinguaConfig {
  readonly enabled: boolean;
  /** Share of the words of prose to keep. */
  readonly textRate: number;
}

export interface ImageConfig {
  readonly enabled: boolean;
}

/** Content that stood in the conversation before becomes a reference to its first place. */
export interface RepetitionConfig {
  readonly enabled: boolean;
}

export interface ToolProfile {
  readonly skipCompression?: boolean | undefined;
  readonly maxItemsAfterCrush?: number | undefined;
}

/** What a question asks for of what earlier results lost is put at the question's end (the context tracker). */
export interface ExpansionConfig {
  readonly enabled: boolean;
}

/** What retrievals of earlier outputs taught is applied, and this request is learned from (TOIN). */
export interface FeedbackConfig {
  readonly enabled: boolean;
  /** Hints that are less certain are left aside. */
  readonly confidenceThreshold: number;
}

export type ToolProfiles = Readonly<Record<string, ToolProfile>>;

/** How to compress; the defaults are the documented ones. */
export interface CompressionConfig {
  readonly mode: CompressionMode;
  /** Compress user messages too; by default they are never touched. */
  readonly compressUserMessages: boolean;
  /** The first n messages are left exactly as sent. */
  readonly frozenMessageCount: number;
  /** Source code in the last n messages is never compressed. */
  readonly protectRecentCode: number;
  /** Source code is never compressed while the user asks to analyse, review, explain, fix or debug something. */
  readonly protectAnalysisContext: boolean;
  readonly smartCrusher: SmartCrusherConfig;
  readonly cacheAligner: CacheAlignerConfig;
  readonly search: SearchConfig;
  readonly log: LogConfig;
  readonly diff: DiffConfig;
  readonly html: HtmlConfig;
  readonly code: CodeConfig;
  readonly text: TextConfig;
  readonly llmlingua: LlmlinguaConfig;
  readonly image: ImageConfig;
  readonly repetition: RepetitionConfig;
  readonly expansion: ExpansionConfig;
  readonly feedback: FeedbackConfig;
  /** Tool name → profile. */
  readonly toolProfiles: ToolProfiles;
  /** Milliseconds after which messages not yet compressed stay as they are. */
  readonly deadlineMs: number;
}

export const DEFAULT_COMPRESSION_CONFIG: CompressionConfig = {
  mode: 'ccr',
  compressUserMessages: false,
  frozenMessageCount: 0,
  protectRecentCode: 4,
  protectAnalysisContext: true,
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
    learnedFields: [],
    preserveChangePoints: true,
    dedupIdenticalItems: true,
    firstFraction: 0.3,
    lastFraction: 0.15,
    relevanceTier: 'bm25',
  },
  cacheAligner: {
    enabled: true,
    datePatterns: [],
    dynamicTailSeparator: '\n\n',
    normalizeWhitespace: false,
    collapseBlankLines: false,
  },
  search: { enabled: true, maxResults: 50, preserveFileDiversity: true, relevanceThreshold: 0.3 },
  log: { enabled: true },
  diff: { enabled: true, contextLines: 1 },
  html: { enabled: true, includeLinks: false },
  code: {
    enabled: true,
    preserveImports: true,
    preserveSignatures: true,
    preserveTypeAnnotations: true,
    preserveErrorHandlers: true,
    preserveDecorators: true,
    docstringMode: 'first_line',
    targetCompressionRate: 0.2,
    maxBodyLines: 5,
    minTokensForCompression: 100,
  },
  text: { enabled: true, targetRatio: 0.4, relevanceThreshold: 0.3 },
  llmlingua: { enabled: false, textRate: 0.25 },
  image: { enabled: true },
  repetition: { enabled: true },
  expansion: { enabled: false },
  feedback: { enabled: true, confidenceThreshold: CONFIDENCE_THRESHOLD },
  toolProfiles: {},
  deadlineMs: 10_000,
};

type SectionName =
  | 'smartCrusher'
  | 'cacheAligner'
  | 'search'
  | 'log'
  | 'diff'
  | 'html'
  | 'code'
  | 'text'
  | 'llmlingua'
  | 'image'
  | 'repetition'
  | 'expansion'
  | 'feedback';

/** What a request sets: any part of any section. */
export type CompressionSettings = {
  readonly [K in keyof CompressionConfig]?:
    (K extends SectionName ? Partial<CompressionConfig[K]> : CompressionConfig[K]) | undefined;
};

/** The defaults with what a request sets laid over them. */
export function completeConfig(settings: CompressionSettings = {}): CompressionConfig {
  const base = DEFAULT_COMPRESSION_CONFIG;
  return {
    mode: settings.mode ?? base.mode,
    compressUserMessages: settings.compressUserMessages ?? base.compressUserMessages,
    frozenMessageCount: settings.frozenMessageCount ?? base.frozenMessageCount,
    protectRecentCode: settings.protectRecentCode ?? base.protectRecentCode,
    protectAnalysisContext: settings.protectAnalysisContext ?? base.protectAnalysisContext,
    smartCrusher: { ...base.smartCrusher, ...settings.smartCrusher },
    cacheAligner: { ...base.cacheAligner, ...settings.cacheAligner },
    search: { ...base.search, ...settings.search },
    log: { ...base.log, ...settings.log },
    diff: { ...base.diff, ...settings.diff },
    html: { ...base.html, ...settings.html },
    code: { ...base.code, ...settings.code },
    text: { ...base.text, ...settings.text },
    llmlingua: { ...base.llmlingua, ...settings.llmlingua },
    image: { ...base.image, ...settings.image },
    repetition: { ...base.repetition, ...settings.repetition },
    expansion: { ...base.expansion, ...settings.expansion },
    feedback: { ...base.feedback, ...settings.feedback },
    toolProfiles: settings.toolProfiles ?? base.toolProfiles,
    deadlineMs: settings.deadlineMs ?? base.deadlineMs,
  };
}
