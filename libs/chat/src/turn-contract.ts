import type { Caller, Message, Scope } from '#libs/kernel';
import type {
  InjectOutcome,
  InjectRequest,
  MemoryToolCall,
  MemoryToolResult,
  StoreBlocksOutcome,
  StoreBlocksRequest,
} from '#libs/memory';
import type { ModelDescription } from '#libs/tokens';
import type { RequestRecord } from '#libs/usage';
import type { ProviderHeaders } from './chat-provider.js';
import type { CalledTool } from './called-tool.js';
import type { TextStripper } from './stream/answer-stream.js';
import type { ToolDefinition } from './tools/tool-definition.js';

/** `optimize` does all; `audit` and `simulate` only observe; `passthrough` does nothing. */
export const TURN_MODES = ['optimize', 'audit', 'simulate', 'passthrough'] as const;
export type TurnMode = (typeof TURN_MODES)[number];

/** One request to a model, as the client sent it. */
export interface TurnRequest {
  readonly body: Uint8Array;
  /** The provider's address of this operation, with its query. */
  readonly url: string;
  /** Headers for the provider: end-to-end, without any of this service's. */
  readonly headers: ProviderHeaders;
  readonly mode: TurnMode;
  /** Whose memory takes part; undefined when the request named no user. */
  readonly scope?: Scope | undefined;
  /** Whether the model may be offered the memory tools; they need a scope. */
  readonly memoryTools?: boolean | undefined;
  /** Its prompts keep their beginning from turn to turn; may be named without a user. */
  readonly sessionId?: string | undefined;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** The answer for the client; `headers` hold the provider's end-to-end headers and this service's `x-headroom-*`. */
export interface TurnAnswer {
  readonly status: number;
  readonly headers: ProviderHeaders;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** What the turn asks of memory. */
export interface TurnMemory {
  openStripper(): TextStripper;
  inject(caller: Caller, request: InjectRequest): Promise<InjectOutcome>;
  storeBlocks(caller: Caller, request: StoreBlocksRequest): Promise<StoreBlocksOutcome>;
}

export interface ShapeRequest {
  readonly messages: readonly Message[];
  readonly model?: string | undefined;
  readonly outputBufferTokens: number;
  /** Tools whose results must not be shortened, nor kept as originals: what they tell may be erased. */
  readonly wholeTools: readonly string[];
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ShapedContext {
  /** Untouched messages are the same objects. */
  readonly messages: readonly Message[];
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly transforms: readonly string[];
  /** What of the messages was waste. */
  readonly waste?: RequestRecord['waste'];
  /** Originals that were stored for this request. */
  readonly ccrHashes: readonly string[];
}

/** Compresses the messages and fits them into the model's limit. */
export interface TurnContext {
  shape(caller: Caller, request: ShapeRequest): Promise<ShapedContext>;
}

/** Gives originals back to the model. */
export interface TurnRetrieval {
  canRedeem(caller: Caller, hash: string, userId?: string): Promise<boolean>;
  /** @returns the text for the model; a miss is told in the text. */
  answer(caller: Caller, call: CalledTool, userId?: string): Promise<string>;
}

/** Memory as the model itself works on it, by calls of tools. */
export interface TurnMemoryTools {
  /** In a fixed order, always the same. */
  readonly definitions: readonly ToolDefinition[];
  /** @returns the result for the model, also when the call was wrong. @throws when the store fails. */
  answer(caller: Caller, call: MemoryToolCall): Promise<MemoryToolResult>;
}

export type TurnStep = 'prepare' | 'retrieve' | 'memory_tool' | 'keep_calls' | 'remember' | 'answer';

/** Learns what happened; never contents. */
export interface TurnObserver {
  turnTaken(caller: Caller, record: RequestRecord): void;
  stepFailed(step: TurnStep, error: unknown): void;
}

/** Knows prices, for the record. */
export interface TurnPrices {
  describe(model: string | undefined): Pick<ModelDescription, 'pricing'>;
}
