import { join, resolve } from 'node:path';
import { z } from 'zod';
import { MEMORY_PLACEMENTS } from '#libs/memory';
import { LOG_LEVELS, readEnvironment, type Environment } from '#libs/platform';
import { readModelLimits } from './read-model-limits.js';
import { EMBEDDER_KINDS, SERVER_MODES, type ProviderConfig, type ServerConfig } from './server-config.js';

const MEGABYTE = 1024 * 1024;

/** A variable that is set to nothing counts as not set. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

const text = (fallback: string) => optional(z.string().default(fallback));
const wholeNumber = (min: number, max: number) => {
  const expected = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
};
const integer = (fallback: number, min: number, max: number) =>
  optional(wholeNumber(min, max).default(fallback));
const oneOf = <const T extends readonly [string, ...string[]]>(values: T, fallback: T[number]) =>
  optional(z.enum(values, { error: `must be one of ${values.join(', ')}` }).default(() => fallback));
const url = (protocols: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const origin = (fallback: string) =>
  optional(
    url(['http:', 'https:'])
      .default(fallback)
      .transform((value) => value.replace(/\/+$/, '').replace(/\/v1$/, '')),
  );

const VARIABLES = z.object({
  HEADROOM_HOST: text('127.0.0.1'),
  HEADROOM_PORT: integer(8787, 0, 65_535),
  HEADROOM_DATA_DIR: text('.headroom'),
  HEADROOM_STORE_URL: optional(url(['postgres:', 'postgresql:']).optional()),
  HEADROOM_REDIS_URL: optional(url(['redis:', 'rediss:']).optional()),
  HEADROOM_API_KEY: optional(
    z
      .string()
      .min(16, 'must have at least 16 characters; `openssl rand -hex 32` makes a good one')
      .optional(),
  ),
  HEADROOM_EMBEDDER: oneOf(EMBEDDER_KINDS, 'auto'),
  HEADROOM_EMBEDDER_MODEL: text('all-MiniLM-L6-v2'),
  HEADROOM_MODEL_DIR: optional(z.string().optional()),
  // On for `auto` too: whoever tries the server on a laptop gets search by meaning without a step of setting up.
  HEADROOM_MODEL_DOWNLOAD: oneOf(['on', 'off'], 'on'),
  HEADROOM_MODEL_HUB_URL: optional(
    url(['http:', 'https:'])
      .default('https://huggingface.co')
      .transform((value) => value.replace(/\/+$/, '')),
  ),
  HEADROOM_IMAGE_ROUTER_MODEL: optional(z.string().optional()),
  HEADROOM_LLMLINGUA_MODEL: optional(z.string().optional()),
  HEADROOM_MEMORY_PLACEMENT: oneOf(MEMORY_PLACEMENTS, 'user'),
  HEADROOM_MEMORY_TOOLS: oneOf(['on', 'off'], 'off'),
  HEADROOM_MODE: oneOf(SERVER_MODES, 'optimize'),
  HEADROOM_MODEL_LIMITS: optional(z.string().optional()),
  HEADROOM_MAX_BODY_BYTES: integer(50 * MEGABYTE, 1024, 1024 * MEGABYTE),
  HEADROOM_CCR_EXPANSION: oneOf(['on', 'off'], 'on'),
  HEADROOM_CCR_TTL_SECONDS: integer(86_400, 1, 10 * 365 * 86_400),
  HEADROOM_CCR_MAX_ENTRIES: integer(100_000, 1, 100_000_000),
  HEADROOM_SESSION_TTL_SECONDS: optional(wholeNumber(1, 10 * 365 * 86_400).optional()),
  HEADROOM_TELEMETRY: oneOf(['on', 'off'], 'on'),
  HEADROOM_LOG_LEVEL: oneOf(LOG_LEVELS, 'info'),
  HEADROOM_LOG_FILE: optional(z.string().optional()),
  OPENAI_TARGET_API_URL: origin('https://api.openai.com'),
  ANTHROPIC_TARGET_API_URL: origin('https://api.anthropic.com'),
  GEMINI_TARGET_API_URL: origin('https://generativelanguage.googleapis.com'),
  OPENAI_API_KEY: optional(z.string().optional()),
  ANTHROPIC_API_KEY: optional(z.string().optional()),
  GEMINI_API_KEY: optional(z.string().optional()),
  OLLAMA_HOST: optional(z.string().default('http://127.0.0.1:11434')),
});
type Variables = z.infer<typeof VARIABLES>;

const KNOWN_NAMES = new Set([...Object.keys(VARIABLES.shape), 'HEADROOM_CONFIG']);

/** Everything that is wrong with the configuration, at once, with the remedy. */
export class ConfigurationFaults extends Error {
  override readonly name = 'ConfigurationFaults';

  constructor(readonly faults: readonly string[]) {
    super(['The configuration has faults:', ...faults.map((fault) => `  - ${fault}`)].join('\n'));
  }
}

export interface ConfigReading {
  readonly config: ServerConfig;
  /** `HEADROOM_…` names that mean nothing to this server, most likely misspelt. */
  readonly unknownNames: readonly string[];
}

/**
 * Reads the whole configuration from the environment, over the file named by `HEADROOM_CONFIG`, over `.env`.
 * @throws ConfigurationFaults that names every fault.
 */
export function readConfig(env: Environment = process.env, directory = process.cwd()): ConfigReading {
  const variables = readVariables(env, directory);
  const parsed = VARIABLES.safeParse(variables);
  const faults = parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`) ?? [];
  const limits = readModelLimits(variables, directory, faults);
  if (!parsed.success || faults.length > 0) throw new ConfigurationFaults(faults);
  return {
    config: deepFreeze(toConfig(parsed.data, limits, directory)),
    unknownNames: Object.keys(variables).filter(
      (name) => name.startsWith('HEADROOM_') && !KNOWN_NAMES.has(name),
    ),
  };
}

function readVariables(env: Environment, directory: string): Environment {
  try {
    return readEnvironment({ env, directory, fileVariable: 'HEADROOM_CONFIG' });
  } catch (error) {
    throw new ConfigurationFaults([
      `HEADROOM_CONFIG: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}

function toConfig(variables: Variables, modelLimits: readonly unknown[], directory: string): ServerConfig {
  const dataDir = resolve(directory, variables.HEADROOM_DATA_DIR);
  const provider = (baseUrl: string, apiKey: string | undefined): ProviderConfig => ({ baseUrl, apiKey });
  return {
    server: {
      host: variables.HEADROOM_HOST,
      port: variables.HEADROOM_PORT,
      maxBodyBytes: variables.HEADROOM_MAX_BODY_BYTES,
      apiKey: variables.HEADROOM_API_KEY,
    },
    storage: {
      dataDir,
      storeUrl: variables.HEADROOM_STORE_URL,
      redisUrl: variables.HEADROOM_REDIS_URL,
    },
    embedder: {
      kind: variables.HEADROOM_EMBEDDER,
      model: variables.HEADROOM_EMBEDDER_MODEL,
      modelDir:
        variables.HEADROOM_MODEL_DIR === undefined
          ? join(dataDir, 'models')
          : resolve(directory, variables.HEADROOM_MODEL_DIR),
      hubUrl: variables.HEADROOM_MODEL_DOWNLOAD === 'on' ? variables.HEADROOM_MODEL_HUB_URL : undefined,
      ollamaUrl: withProtocol(variables.OLLAMA_HOST).replace(/\/+$/, ''),
    },
    providers: {
      openai: provider(variables.OPENAI_TARGET_API_URL, variables.OPENAI_API_KEY),
      anthropic: provider(variables.ANTHROPIC_TARGET_API_URL, variables.ANTHROPIC_API_KEY),
      gemini: provider(variables.GEMINI_TARGET_API_URL, variables.GEMINI_API_KEY),
    },
    compression: {
      imageRouterModel: variables.HEADROOM_IMAGE_ROUTER_MODEL,
      llmlinguaModel: variables.HEADROOM_LLMLINGUA_MODEL,
      expandsQuestions: variables.HEADROOM_CCR_EXPANSION === 'on',
      isLearning: variables.HEADROOM_TELEMETRY === 'on',
    },
    memory: {
      placement: variables.HEADROOM_MEMORY_PLACEMENT,
      offersTools: variables.HEADROOM_MEMORY_TOOLS === 'on',
      sessionTtlSeconds: variables.HEADROOM_SESSION_TTL_SECONDS,
    },
    mode: variables.HEADROOM_MODE,
    modelLimits,
    originals: {
      ttlSeconds: variables.HEADROOM_CCR_TTL_SECONDS,
      maxEntries: variables.HEADROOM_CCR_MAX_ENTRIES,
    },
    logging: {
      level: variables.HEADROOM_LOG_LEVEL,
      file:
        variables.HEADROOM_LOG_FILE === undefined
          ? undefined
          : resolve(directory, variables.HEADROOM_LOG_FILE),
    },
  };
}

/** Ollama's own variable may be a bare `host:port`. */
function withProtocol(address: string): string {
  return /^https?:\/\//.test(address) ? address : `http://${address}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
