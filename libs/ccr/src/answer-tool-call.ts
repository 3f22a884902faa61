import { invalid, type Caller } from '#libs/kernel';
import { hashIn } from './hash.js';
import { retrievalData, type RetrievalData } from './retrieval-answer.js';
import { isRetrieveTool, type RetrieveToolShape } from './retrieve-tool.js';
import type { Retriever } from './retriever.js';

export interface ToolCallRequest {
  /** The call as the provider gave it: OpenAI's, Anthropic's or Gemini's. */
  readonly toolCall: unknown;
  readonly provider: RetrieveToolShape;
  readonly userId?: string | undefined;
}

export interface ToolCallAnswer {
  /** The message, block or part to give back to the model. */
  readonly toolResult: Readonly<Record<string, unknown>>;
  /** False when there is nothing under that hash (any more). */
  readonly success: boolean;
  readonly data: RetrievalData;
}

/** A call of the retrieve tool, whatever the provider's shape; `hash` is null when none was given. */
export interface RetrieveCall {
  readonly id: string;
  readonly name: string;
  readonly hash: string | null;
  readonly query?: string | undefined;
}

type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * Answers a model's call of the retrieve tool in the provider's own shape.
 * @throws HeadroomError `validation_error` when it is no call of that tool.
 */
export async function answerToolCall(
  caller: Caller,
  retriever: Retriever,
  { toolCall, provider, userId }: ToolCallRequest,
): Promise<ToolCallAnswer> {
  const call = readRetrieveCall(toolCall, provider);
  if (call === null) {
    throw invalid([{ path: 'tool_call', message: 'must be a call of headroom_retrieve or ccr_retrieve' }]);
  }
  if (call.hash === null) {
    const data = { error: 'hash required', hash: null, status: 'invalid' };
    return { toolResult: toolResult(call, provider, data), success: false, data };
  }
  const outcome = await retriever.retrieve(caller, { hash: call.hash, query: call.query, userId });
  const data = retrievalData(outcome);
  const success = outcome.status === 'found' || outcome.status === 'matched';
  return { toolResult: toolResult(call, provider, data), success, data };
}

/** Reads a tool call; null when it calls another tool or is none at all. */
export function readRetrieveCall(toolCall: unknown, provider: RetrieveToolShape): RetrieveCall | null {
  if (!isRecord(toolCall)) return null;
  const { name, args } = nameAndArguments(toolCall, provider);
  if (typeof name !== 'string' || !isRetrieveTool(name)) return null;
  const hash = args['hash'] ?? args['reference'];
  const query = args['query'];
  return {
    id: typeof toolCall['id'] === 'string' ? toolCall['id'] : '',
    name,
    hash: typeof hash === 'string' && hash.trim() !== '' ? (hashIn(hash) ?? hash.trim()) : null,
    ...(typeof query === 'string' && { query }),
  };
}

function nameAndArguments(
  call: JsonRecord,
  provider: RetrieveToolShape,
): { name: unknown; args: JsonRecord } {
  switch (provider) {
    case 'openai': {
      const called = recordOf(call['function']);
      return { name: called['name'], args: argumentsOf(called['arguments']) };
    }
    case 'anthropic':
      return { name: call['name'], args: argumentsOf(call['input']) };
    case 'gemini': {
      const called = isRecord(call['functionCall']) ? call['functionCall'] : call;
      return { name: called['name'], args: argumentsOf(called['args']) };
    }
  }
}

/** Arguments come as JSON text or as an object; what is neither has none. */
function argumentsOf(value: unknown): JsonRecord {
  if (typeof value !== 'string') return recordOf(value);
  try {
    return recordOf(JSON.parse(value));
  } catch {
    return {};
  }
}

function toolResult(call: RetrieveCall, provider: RetrieveToolShape, data: RetrievalData): JsonRecord {
  switch (provider) {
    case 'openai':
      return { role: 'tool', tool_call_id: call.id, content: JSON.stringify(data) };
    case 'anthropic':
      return { type: 'tool_result', tool_use_id: call.id, content: JSON.stringify(data) };
    case 'gemini':
      return {
        functionResponse: { ...(call.id !== '' && { id: call.id }), name: call.name, response: data },
      };
  }
}

function recordOf(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
