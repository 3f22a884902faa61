import type { MemoryPlacement } from '#libs/memory';
import type { LogLevel } from '#libs/platform';

export const EMBEDDER_KINDS = ['auto', 'none', 'transformers', 'openai', 'ollama'] as const;
export const SERVER_MODES = ['optimize', 'audit', 'simulate', 'passthrough'] as const;

export type EmbedderKind = (typeof EMBEDDER_KINDS)[number];
export type ServerMode = (typeof SERVER_MODES)[number];

/** Where a model provider is reached. */
export interface ProviderConfig {
  /** Origin without a trailing slash or `/v1`. */
  readonly baseUrl: string;
  /** Sent upstream in place of the client's own key. */
  readonly apiKey?: string | undefined;
}

/** Everything that can be configured, read once and frozen. The variable behind each field stands beside it. */
export interface ServerConfig {
  readonly server: {
    /** `HEADROOM_HOST` */
    readonly host: string;
    /** `HEADROOM_PORT`; 0 takes a free one. */
    readonly port: number;
    /** `HEADROOM_MAX_BODY_BYTES` */
    readonly maxBodyBytes: number;
    /** `HEADROOM_API_KEY`: the bootstrap key. */
    readonly apiKey?: string | undefined;
  };
  readonly storage: {
    /** `HEADROOM_DATA_DIR`, absolute. */
    readonly dataDir: string;
    /** `HEADROOM_STORE_URL`; the embedded SQLite store when unset. */
    readonly storeUrl?: string | undefined;
    /** `HEADROOM_REDIS_URL`; queue and limits stay in this process when unset. */
    readonly redisUrl?: string | undefined;
  };
  readonly embedder: {
    /** `HEADROOM_EMBEDDER` */
    readonly kind: EmbedderKind;
    /** `HEADROOM_EMBEDDER_MODEL` */
    readonly model: string;
    /** `HEADROOM_MODEL_DIR`, absolute. */
    readonly modelDir: string;
    /** `HEADROOM_MODEL_HUB_URL`: where a missing local model is fetched; undefined for `HEADROOM_MODEL_DOWNLOAD=off`. */
    readonly hubUrl?: string | undefined;
    /** `OLLAMA_HOST` */
    readonly ollamaUrl: string;
  };
  readonly providers: {
    /** `OPENAI_TARGET_API_URL`, `OPENAI_API_KEY` */
    readonly openai: ProviderConfig;
    /** `ANTHROPIC_TARGET_API_URL`, `ANTHROPIC_API_KEY` */
    readonly anthropic: ProviderConfig;
    /** `GEMINI_TARGET_API_URL`, `GEMINI_API_KEY` */
    readonly gemini: ProviderConfig;
  };
  readonly compression: {
    /** `HEADROOM_IMAGE_ROUTER_MODEL`: a folder below `HEADROOM_MODEL_DIR`; rules choose when unset. */
    readonly imageRouterModel?: string | undefined;
    /** `HEADROOM_LLMLINGUA_MODEL`: a folder below `HEADROOM_MODEL_DIR`; prose is extracted by sentences when unset. */
    readonly llmlinguaModel?: string | undefined;
    /** `HEADROOM_CCR_EXPANSION`: questions get what they ask for of earlier, compressed results. */
    readonly expandsQuestions: boolean;
    /** `HEADROOM_TELEMETRY`: what becomes of tool outputs is learned from, here and nowhere else. */
    readonly isLearning: boolean;
  };
  readonly memory: {
    /** `HEADROOM_MEMORY_PLACEMENT`: recalled memories stand before the last user message, or end the system prompt. */
    readonly placement: MemoryPlacement;
    /**
     * `HEADROOM_MEMORY_TOOLS`: models are offered `memory_save`, `memory_search`, … on requests that name a user; the
     * header `x-headroom-memory-tools` decides for one request.
     */
    readonly offersTools: boolean;
    /** `HEADROOM_SESSION_TTL_SECONDS`: how long what a session learned is kept; for good when unset. */
    readonly sessionTtlSeconds?: number | undefined;
  };
  /** `HEADROOM_MODE` */
  readonly mode: ServerMode;
  /** `~/.headroom/models.json`, then `HEADROOM_MODEL_LIMITS`: parsed JSON for `parseModelOverrides` of libs/tokens. */
  readonly modelLimits: readonly unknown[];
  /** `HEADROOM_CCR_TTL_SECONDS`, `HEADROOM_CCR_MAX_ENTRIES` */
  readonly originals: { readonly ttlSeconds: number; readonly maxEntries: number };
  readonly logging: {
    /** `HEADROOM_LOG_LEVEL` */
    readonly level: LogLevel;
    /** `HEADROOM_LOG_FILE`, absolute; stdout when unset. */
    readonly file?: string | undefined;
  };
}

/** The token under which {@link ServerConfig} is injected. */
export const SERVER_CONFIG = Symbol('ServerConfig');
