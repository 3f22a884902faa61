import { lastUserText } from '#libs/kernel';
import { NOTHING_LEARNED, type LearnedSnapshot } from '#libs/learning';
import { ModelRegistry, type Provider, type TokenCounter } from '#libs/tokens';
import { type CompressionConfig, type CompressionSettings, completeConfig } from './compression-config.js';
import type { CompressionRequest } from './contract.js';
import type { CompressionTools } from './tools.js';
import { type CalledTool, ToolCalls } from './tool-calls.js';

/** What all messages of one request have in common. */
export interface Turn {
  readonly counter: TokenCounter;
  readonly config: CompressionConfig;
  /** What was learned of outputs; what the request itself sets goes before it. */
  readonly learned: LearnedSnapshot;
  readonly settings: CompressionSettings;
  readonly tools: CompressionTools;
  /** Who bills the prompt, as far as the model's name tells. */
  readonly provider: Provider;
  readonly messageCount: number;
  /** True once the deadline has passed or the caller has gone. */
  readonly isLate: () => boolean;
  /** What the user last asked at or before a message: earlier messages read the same on every later turn. */
  queryAt(index: number): string;
  /** The call that a tool result at an index answers. */
  callOf(toolCallId: string | undefined, index: number): CalledTool | undefined;
}

const MODELS = new ModelRegistry();

export interface TurnOptions {
  readonly tools?: CompressionTools | undefined;
  /** Milliseconds on a clock that only goes forward; without it the deadline is not watched. */
  readonly now?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function openTurn(
  request: CompressionRequest,
  counter: TokenCounter,
  options: TurnOptions = {},
): Turn {
  const { messages } = request;
  const config = completeConfig(request.config);
  const calls = new ToolCalls(messages);
  const queries: string[] = [];
  for (const [index, message] of messages.entries()) {
    const own = message.role === 'user' ? lastUserText([message]) : '';
    queries.push(own === '' ? (queries[index - 1] ?? '') : own);
  }
  return {
    counter,
    config,
    learned: config.feedback.enabled ? (request.learned ?? NOTHING_LEARNED) : NOTHING_LEARNED,
    settings: request.config ?? {},
    tools: options.tools ?? {},
    provider: MODELS.describe(request.model).provider,
    isLate: lateness(config.deadlineMs, options),
    messageCount: messages.length,
    queryAt: (index) => queries[index] ?? '',
    callOf: (id, index) => calls.callOf(id, index),
  };
}

function lateness(deadlineMs: number, { now, signal }: TurnOptions): () => boolean {
  const end = now === undefined ? Number.POSITIVE_INFINITY : now() + deadlineMs;
  return () => signal?.aborted === true || (now !== undefined && now() > end);
}
