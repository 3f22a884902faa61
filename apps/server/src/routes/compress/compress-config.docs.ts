import { DEFAULT_COMPRESSION_CONFIG as DEFAULTS } from '#libs/compression';

type Schema = Readonly<Record<string, unknown>>;

const flag = (description: string, fallback: boolean): Schema => ({
  type: 'boolean',
  default: fallback,
  description,
});
const count = (description: string, fallback: number): Schema => ({
  type: 'integer',
  minimum: 0,
  default: fallback,
  description,
});
const share = (description: string, fallback: number): Schema => ({
  type: 'number',
  minimum: 0,
  maximum: 1,
  default: fallback,
  description,
});
const choice = (description: string, values: readonly string[], fallback: string): Schema => ({
  type: 'string',
  enum: values,
  default: fallback,
  description,
});
const strings = (description: string): Schema => ({
  type: 'array',
  items: { type: 'string' },
  default: [],
  description,
});
const section = (description: string, properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  description,
  properties,
});

const { smartCrusher, cacheAligner, search, diff, html, code, text, llmlingua } = DEFAULTS;

/**
 * What `parseCompressionConfig` reads, for the OpenAPI document: every key with its default. It is no schema to check
 * against: clients send more, in older spellings too, and what is wrong is told by path.
 */
export const COMPRESSION_CONFIG_DOCS: Readonly<Record<string, Schema>> = {
  mode: choice(
    'lossless never drops; ccr drops with a marker and a stored original; lossy_inline drops without a marker',
    ['lossless', 'ccr', 'lossy_inline'],
    DEFAULTS.mode,
  ),
  session_id: {
    type: 'string',
    description: 'what was given for a text in this session is given again, byte for byte',
  },
  frozen_message_count: count('the first n messages are left exactly as sent', DEFAULTS.frozenMessageCount),
  compress_user_messages: flag('compress what users wrote, too', DEFAULTS.compressUserMessages),
  protect_recent_code: count('code in the last n messages stays whole', DEFAULTS.protectRecentCode),
  protect_analysis_context: flag(
    'code stays whole while the user asks to analyse, review, explain, fix or debug',
    DEFAULTS.protectAnalysisContext,
  ),
  deadline_ms: count('what is not compressed by then stays as it is', DEFAULTS.deadlineMs),
  tool_profiles: {
    type: 'object',
    description: 'tool name → {skip_compression?: boolean, max_items_after_crush?: integer}',
  },
  smart_crusher: section('arrays in JSON, JSON lines and CSV', {
    enabled: flag('drop items of long arrays', smartCrusher.enabled),
    min_items_to_analyze: count('shorter arrays stay', smartCrusher.minItemsToAnalyze),
    min_tokens_to_crush: count('shorter content of any kind stays', smartCrusher.minTokensToCrush),
    max_items_after_crush: count('items kept beside errors and anomalies', smartCrusher.maxItemsAfterCrush),
    keep_first: count('items kept from the start at least', smartCrusher.keepFirst),
    keep_last: count('items kept from the end at least', smartCrusher.keepLast),
    first_fraction: share('share of the kept items from the start', smartCrusher.firstFraction),
    last_fraction: share('share of the kept items from the end', smartCrusher.lastFraction),
    relevance_threshold: share('share of the best score that keeps an item', smartCrusher.relevanceThreshold),
    relevance_tier: choice(
      'how items are matched with the question; falls back to bm25 without an embedder',
      ['bm25', 'embedding', 'hybrid'],
      smartCrusher.relevanceTier,
    ),
    anomaly_std_threshold: {
      type: 'number',
      default: smartCrusher.anomalyStdThreshold,
      description: 'standard deviations beyond which a value is an anomaly',
    },
    preserve_errors: flag('keep every item that reports an error', smartCrusher.preserveErrors),
    preserve_fields: strings('keep items in which one of these fields is set'),
    preserve_change_points: flag('keep where a series changes', smartCrusher.preserveChangePoints),
    dedup_identical_items: flag('keep one of equal items', smartCrusher.dedupIdenticalItems),
    use_feedback_hints: flag(
      'apply what was learned of such outputs, and learn from these',
      DEFAULTS.feedback.enabled,
    ),
    toin_confidence_threshold: share(
      'hints less certain are left aside',
      DEFAULTS.feedback.confidenceThreshold,
    ),
  }),
  cache_aligner: section('dates, times and ids of the system prompt move to its tail', {
    enabled: flag('align system prompts', cacheAligner.enabled),
    date_patterns: strings('further regular expressions to move'),
    dynamic_tail_separator: {
      type: 'string',
      default: cacheAligner.dynamicTailSeparator,
      description: 'what stands before the tail',
    },
    normalize_whitespace: flag('spare spaces go', cacheAligner.normalizeWhitespace),
    collapse_blank_lines: flag('several blank lines become one', cacheAligner.collapseBlankLines),
  }),
  search: section('grep, ripgrep and ag', {
    enabled: flag('compress search results', search.enabled),
    max_results: count('matches kept at most', search.maxResults),
    preserve_file_diversity: flag('keep matches of every file first', search.preserveFileDiversity),
    relevance_threshold: share('share of the best score that keeps a match', search.relevanceThreshold),
  }),
  log: section('logs, build and test output', { enabled: flag('compress logs', DEFAULTS.log.enabled) }),
  diff: section('unified diffs', {
    enabled: flag('compress diffs', diff.enabled),
    context_lines: count('unchanged lines kept on each side of a change', diff.contextLines),
  }),
  html: section('web pages', {
    enabled: flag('compress pages', html.enabled),
    include_links: flag('write links as [text](url)', html.includeLinks),
  }),
  code: section('source code', {
    enabled: flag('compress code', code.enabled),
    preserve_imports: flag('imports stay', code.preserveImports),
    preserve_signatures: flag('signatures stay', code.preserveSignatures),
    preserve_type_annotations: flag('types stay', code.preserveTypeAnnotations),
    preserve_error_handlers: flag('error handlers stay', code.preserveErrorHandlers),
    preserve_decorators: flag('decorators stay', code.preserveDecorators),
    docstring_mode: choice('what stays of docstrings', ['full', 'first_line', 'remove'], code.docstringMode),
    target_compression_rate: share('share of the tokens to aim at', code.targetCompressionRate),
    max_body_lines: count('lines kept of a body at most', code.maxBodyLines),
    min_tokens_for_compression: count('shorter code stays', code.minTokensForCompression),
    language_hint: { type: 'string', description: 'overrules what is detected' },
  }),
  text: section('prose and Markdown', {
    enabled: flag('compress text', text.enabled),
    target_ratio: share('share of the tokens to keep', text.targetRatio),
    relevance_threshold: share('share of the best score that keeps a sentence', text.relevanceThreshold),
  }),
  llmlingua: section('the token classifier, where the server has a model for it', {
    enabled: flag('choose words instead of sentences', llmlingua.enabled),
    text_compression_rate: share('share of the words to keep of prose', llmlingua.textRate),
  }),
  image: section('images', {
    enabled: flag('show images at the detail that is asked for', DEFAULTS.image.enabled),
  }),
  repetition: section('what stood in the conversation before', {
    enabled: flag('refer to its first place', DEFAULTS.repetition.enabled),
  }),
  ccr: section('what is stored of what was taken out', {
    feedback_enabled: flag('the same as smart_crusher.use_feedback_hints', DEFAULTS.feedback.enabled),
    inject_retrieval_marker: flag('false is mode lossy_inline', true),
    proactive_expansion: flag(
      'put what a question asks for of earlier, compressed results at its end',
      DEFAULTS.expansion.enabled,
    ),
  }),
};
