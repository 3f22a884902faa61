import type {
  CacheAlignerConfig,
  CompressionConfig,
  SmartCrusherConfig,
  ToolProfile,
} from './compression-config.js';
import { compileSafePattern } from './stages/cache-aligner/safe-pattern.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface ParsedCompressionConfig {
  readonly config: Partial<CompressionConfig>;
  /** What could not be read, each with its path; the default stands in its place. */
  readonly faults: readonly ConfigFault[];
}

export interface ConfigFault {
  /** Such as `smart_crusher.max_items_after_crush`. */
  readonly path: string;
  readonly message: string;
}

const MODES = ['lossless', 'ccr', 'lossy_inline'] as const;

/**
 * Reads the documented `config` of the wire (snake_case). Clients send more than they document: unknown keys are
 * ignored, and where two spellings are documented both are read.
 */
export function parseCompressionConfig(json: unknown): ParsedCompressionConfig {
  if (json === undefined || json === null) return { config: {}, faults: [] };
  if (!isRecord(json)) return { config: {}, faults: [{ path: '', message: 'must be an object' }] };
  const reader = new ConfigReader(json, []);
  const config: Partial<Writable<CompressionConfig>> = {};
  const crusher = reader.section('smart_crusher');
  const toolCrusher = reader.section('tool_crusher');
  const ccr = reader.section('ccr');

  const skipsUsers = reader.boolean('skip_user_messages');
  set(
    config,
    'compressUserMessages',
    reader.boolean('compress_user_messages') ?? (skipsUsers === undefined ? undefined : !skipsUsers),
  );
  set(config, 'frozenMessageCount', reader.count('frozen_message_count'));
  set(config, 'protectRecentCode', reader.count('protect_recent_code', 'protect_recent'));
  set(config, 'deadlineMs', reader.count('deadline_ms'));
  const isUnmarked = ccr.boolean('inject_retrieval_marker') === false || ccr.boolean('enabled') === false;
  set(config, 'mode', reader.oneOf('mode', MODES) ?? (isUnmarked ? 'lossy_inline' : undefined));
  set(config, 'smartCrusher', readSmartCrusher(crusher, reader.count('min_tokens_to_crush')));
  set(config, 'cacheAligner', readCacheAligner(reader.section('cache_aligner')));
  const profiles = { ...readToolProfiles(toolCrusher), ...readToolProfiles(reader) };
  if (Object.keys(profiles).length > 0) config.toolProfiles = profiles;
  return { config, faults: reader.faults };
}

/** Only what was set; the rest is filled in from the defaults. */
function readSmartCrusher(
  reader: ConfigReader,
  minTokens: number | undefined,
): SmartCrusherConfig | undefined {
  const config: Partial<Writable<SmartCrusherConfig>> = {};
  set(config, 'enabled', reader.boolean('enabled'));
  set(config, 'minItemsToAnalyze', reader.count('min_items_to_analyze', 'min_items'));
  set(config, 'minTokensToCrush', reader.count('min_tokens_to_crush', 'min_tokens') ?? minTokens);
  set(config, 'maxItemsAfterCrush', reader.count('max_items_after_crush'));
  set(config, 'keepFirst', reader.count('keep_first'));
  set(config, 'keepLast', reader.count('keep_last'));
  const relevance = reader.section('relevance');
  set(
    config,
    'relevanceThreshold',
    reader.number('relevance_threshold') ?? relevance.number('relevance_threshold'),
  );
  set(config, 'anomalyStdThreshold', reader.number('anomaly_std_threshold', 'variance_threshold'));
  set(config, 'preserveErrors', reader.boolean('preserve_errors'));
  set(config, 'preserveFields', reader.strings('preserve_fields'));
  return Object.keys(config).length === 0 ? undefined : (config as SmartCrusherConfig);
}

function readCacheAligner(reader: ConfigReader): CacheAlignerConfig | undefined {
  const config: Partial<Writable<CacheAlignerConfig>> = {};
  set(config, 'enabled', reader.boolean('enabled'));
  const patterns = reader.strings('date_patterns', 'dynamic_patterns');
  const safe = patterns?.filter((pattern, index) => {
    if (compileSafePattern(pattern) !== undefined) return true;
    reader.fault(
      `date_patterns[${String(index)}]`,
      'is not a regular expression that is certain to end in time',
    );
    return false;
  });
  set(config, 'datePatterns', safe);
  return Object.keys(config).length === 0 ? undefined : (config as CacheAlignerConfig);
}

function readToolProfiles(reader: ConfigReader): Record<string, ToolProfile> {
  const profiles = reader.section('tool_profiles');
  return Object.fromEntries(
    profiles.keys().map((tool) => {
      const profile = profiles.section(tool);
      return [
        tool,
        {
          skipCompression: profile.boolean('skip_compression'),
          maxItemsAfterCrush: profile.count('max_items_after_crush'),
        },
      ];
    }),
  );
}

function set<T extends object, K extends keyof T>(target: T, key: K, value: T[K] | undefined): void {
  if (value !== undefined) target[key] = value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads values of a record by the first of their spellings that is there. */
class ConfigReader {
  constructor(
    private readonly record: Record<string, unknown>,
    readonly faults: ConfigFault[],
    private readonly path = '',
  ) {}

  keys(): string[] {
    return Object.keys(this.record);
  }

  fault(name: string, message: string): void {
    this.faults.push({ path: this.path + name, message });
  }

  boolean(...names: string[]): boolean | undefined {
    return this.read(names, 'must be true or false', (value) => typeof value === 'boolean');
  }

  count(...names: string[]): number | undefined {
    const isCount = (value: unknown): value is number =>
      Number.isSafeInteger(value) && (value as number) >= 0;
    return this.read(names, 'must be a whole number of 0 or more', isCount);
  }

  number(...names: string[]): number | undefined {
    const isNumber = (value: unknown): value is number => typeof value === 'number' && value >= 0;
    return this.read(names, 'must be a number of 0 or more', isNumber);
  }

  strings(...names: string[]): string[] | undefined {
    const isList = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((item) => typeof item === 'string');
    return this.read(names, 'must be a list of strings', isList);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const isOne = (value: unknown): value is T => values.includes(value as T);
    return this.read([name], `must be one of ${values.join(', ')}`, isOne);
  }

  section(name: string): ConfigReader {
    const record = this.read([name], 'must be an object', isRecord);
    return new ConfigReader(record ?? {}, this.faults, `${this.path}${name}.`);
  }

  private read<T>(
    names: readonly string[],
    message: string,
    accepts: (value: unknown) => value is T,
  ): T | undefined {
    for (const name of names) {
      if (!Object.hasOwn(this.record, name)) continue;
      const value = this.record[name];
      if (value === undefined || value === null) continue;
      if (accepts(value)) return value;
      this.fault(name, message);
    }
    return undefined;
  }
}
