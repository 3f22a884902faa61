import type {
  CompressionConfig,
  CompressionSettings,
  DocstringMode,
  RelevanceTier,
  ToolProfile,
} from './compression-config.js';
import { type ConfigFault, ConfigReader } from './config-reader.js';
import { compileSafePattern } from './stages/cache-aligner/safe-pattern.js';

export interface ParsedCompressionConfig {
  readonly config: CompressionSettings;
  /** What could not be read, each with its path; the default stands in its place. */
  readonly faults: readonly ConfigFault[];
}

type Section<K extends keyof CompressionConfig> = Partial<CompressionConfig[K]> | undefined;

const MODES = ['lossless', 'ccr', 'lossy_inline'] as const;
const TIERS: readonly RelevanceTier[] = ['bm25', 'embedding', 'hybrid'];
const DOCSTRING_MODES: readonly DocstringMode[] = ['full', 'first_line', 'remove'];

/**
 * Reads the documented `config` of the wire (snake_case). Clients send more than they document: unknown keys are
 * ignored, and where two spellings are documented both are read.
 */
export function parseCompressionConfig(json: unknown): ParsedCompressionConfig {
  if (json === undefined || json === null) return { config: {}, faults: [] };
  if (typeof json !== 'object' || Array.isArray(json))
    return { config: {}, faults: [{ path: '', message: 'must be an object' }] };
  const reader = new ConfigReader(json as Record<string, unknown>, []);
  const router = reader.section('content_router');
  const config = settingsOf({
    ...readMessages(reader, router),
    mode: readMode(reader),
    smartCrusher: readSmartCrusher(reader),
    cacheAligner: readCacheAligner(reader.section('cache_aligner')),
    ...readStages(reader, router),
    image: readEnabled(reader.section('image', 'image_compressor'), reader.boolean('image_optimize')),
    repetition: readEnabled(reader.section('repetition')),
    feedback: readFeedback(reader),
    expansion: settingsOf({ enabled: reader.section('ccr').boolean('proactive_expansion') }),
    toolProfiles: readToolProfiles(reader),
    deadlineMs: reader.count('deadline_ms'),
  });
  return { config: config ?? {}, faults: reader.faults };
}

function readMessages(reader: ConfigReader, router: ConfigReader): CompressionSettings {
  const skipsUsers = reader.boolean('skip_user_messages') ?? router.boolean('skip_user_messages');
  return {
    compressUserMessages:
      reader.boolean('compress_user_messages') ?? (skipsUsers === undefined ? undefined : !skipsUsers),
    frozenMessageCount: reader.count('frozen_message_count'),
    protectRecentCode:
      reader.count('protect_recent_code', 'protect_recent') ?? router.count('protect_recent_code'),
    protectAnalysisContext:
      reader.boolean('protect_analysis_context') ?? router.boolean('protect_analysis_context'),
  };
}

function readMode(reader: ConfigReader): CompressionSettings['mode'] {
  const ccr = reader.section('ccr');
  const isUnmarked = ccr.boolean('inject_retrieval_marker') === false || ccr.boolean('enabled') === false;
  return reader.oneOf(MODES, 'mode') ?? (isUnmarked ? 'lossy_inline' : undefined);
}

function readSmartCrusher(root: ConfigReader): Section<'smartCrusher'> {
  const reader = root.section('smart_crusher');
  const relevance = reader.section('relevance');
  return settingsOf({
    enabled: reader.boolean('enabled'),
    minItemsToAnalyze: reader.count('min_items_to_analyze', 'min_items'),
    minTokensToCrush: reader.count('min_tokens_to_crush', 'min_tokens') ?? root.count('min_tokens_to_crush'),
    maxItemsAfterCrush: reader.count('max_items_after_crush'),
    keepFirst: reader.count('keep_first'),
    keepLast: reader.count('keep_last'),
    relevanceThreshold: reader.number('relevance_threshold') ?? relevance.number('relevance_threshold'),
    anomalyStdThreshold: reader.number('anomaly_std_threshold', 'variance_threshold'),
    preserveErrors: reader.boolean('preserve_errors'),
    preserveFields: reader.strings('preserve_fields'),
    preserveChangePoints: reader.boolean('preserve_change_points'),
    dedupIdenticalItems: reader.boolean('dedup_identical_items'),
    firstFraction: reader.share('first_fraction'),
    lastFraction: reader.share('last_fraction'),
    relevanceTier: reader.oneOf(TIERS, 'relevance_tier') ?? relevance.oneOf(TIERS, 'tier'),
  });
}

function readCacheAligner(reader: ConfigReader): Section<'cacheAligner'> {
  const patterns = reader.strings('date_patterns', 'dynamic_patterns');
  const safe = patterns?.filter((pattern, index) => {
    if (compileSafePattern(pattern) !== undefined) return true;
    reader.fault(
      `date_patterns[${String(index)}]`,
      'is not a regular expression that is certain to end in time',
    );
    return false;
  });
  return settingsOf({
    enabled: reader.boolean('enabled'),
    datePatterns: safe,
    dynamicTailSeparator: reader.string('dynamic_tail_separator'),
    normalizeWhitespace: reader.boolean('normalize_whitespace'),
    collapseBlankLines: reader.boolean('collapse_blank_lines'),
  });
}

function readStages(root: ConfigReader, router: ConfigReader): CompressionSettings {
  const isOff = (root.boolean('content_router_enabled') ?? router.boolean('enabled')) === false;
  const enabled = (reader: ConfigReader) => reader.boolean('enabled') ?? (isOff ? false : undefined);
  const search = root.section('search', 'search_compressor');
  const diff = root.section('diff', 'diff_compressor');
  const html = root.section('html', 'html_compressor');
  const text = root.section('text', 'text_compressor');
  return {
    search: settingsOf({
      enabled: enabled(search),
      maxResults: search.count('max_results'),
      preserveFileDiversity: search.boolean('preserve_file_diversity'),
      relevanceThreshold: search.number('relevance_threshold'),
    }),
    log: settingsOf({ enabled: enabled(root.section('log', 'log_compressor')) }),
    diff: settingsOf({ enabled: enabled(diff), contextLines: diff.count('context_lines') }),
    html: settingsOf({ enabled: enabled(html), includeLinks: html.boolean('include_links') }),
    code: readCode(root.section('code', 'code_compressor'), isOff),
    text: settingsOf({
      enabled: enabled(text),
      targetRatio: text.share('target_ratio') ?? root.share('target_ratio'),
      relevanceThreshold: text.number('relevance_threshold'),
    }),
    llmlingua: readLlmlingua(root.section('llmlingua')),
  };
}

function readCode(reader: ConfigReader, isOff: boolean): Section<'code'> {
  return settingsOf({
    enabled: reader.boolean('enabled') ?? (isOff ? false : undefined),
    preserveImports: reader.boolean('preserve_imports'),
    preserveSignatures: reader.boolean('preserve_signatures'),
    preserveTypeAnnotations: reader.boolean('preserve_type_annotations'),
    preserveErrorHandlers: reader.boolean('preserve_error_handlers'),
    preserveDecorators: reader.boolean('preserve_decorators'),
    docstringMode: reader.oneOf(DOCSTRING_MODES, 'docstring_mode'),
    targetCompressionRate: reader.share('target_compression_rate'),
    maxBodyLines: reader.count('max_body_lines'),
    minTokensForCompression: reader.count('min_tokens_for_compression'),
    languageHint: reader.string('language_hint'),
  });
}

function readLlmlingua(reader: ConfigReader): Section<'llmlingua'> {
  return settingsOf({
    enabled: reader.boolean('enabled'),
    textRate: reader.share('text_compression_rate', 'rate'),
  });
}

function readFeedback(root: ConfigReader): Section<'feedback'> {
  const crusher = root.section('smart_crusher');
  return settingsOf({
    enabled: crusher.boolean('use_feedback_hints') ?? root.section('ccr').boolean('feedback_enabled'),
    confidenceThreshold:
      crusher.share('toin_confidence_threshold') ?? root.share('toin_confidence_threshold'),
  });
}

function readEnabled(reader: ConfigReader, otherwise?: boolean): { enabled?: boolean } | undefined {
  return settingsOf({ enabled: reader.boolean('enabled') ?? otherwise });
}

/** Profiles may stand at the top or in the `tool_crusher` section of older clients. */
function readToolProfiles(root: ConfigReader): Record<string, ToolProfile> | undefined {
  const sections = [root.section('tool_crusher').section('tool_profiles'), root.section('tool_profiles')];
  const profiles = sections.flatMap((section) =>
    section.keys().map((tool): [string, ToolProfile] => {
      const profile = section.section(tool);
      return [
        tool,
        {
          skipCompression: profile.boolean('skip_compression'),
          maxItemsAfterCrush: profile.count('max_items_after_crush'),
        },
      ];
    }),
  );
  return profiles.length === 0 ? undefined : Object.fromEntries(profiles);
}

/** Without what was not set, so that the defaults show through; undefined when nothing was. */
function settingsOf<T extends object>(values: T): NonNullableMembers<T> | undefined {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return set.length === 0 ? undefined : (Object.fromEntries(set) as NonNullableMembers<T>);
}

type NonNullableMembers<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
