import { workerData } from 'piscina';
import {
  compressMessages,
  type CompressionOutcome,
  type CompressionRequest,
  type MessageCache,
  type MessageResult,
} from '#libs/compression';
import { loadTokenCounter } from '#libs/tokens';
import { openTools, type ToolSettings } from './open-tools.js';

/** What a worker sends back: per message its result, keyed as the caller's cache keys it. */
export interface WorkerAnswer {
  /** Without messages that stayed as they were: the caller has them. */
  readonly outcome: Omit<CompressionOutcome, 'messages'>;
  readonly replacements: readonly (CompressionOutcome['messages'][number] | undefined)[];
  readonly results: ReadonlyMap<string, MessageResult>;
}

const tools = openTools(workerData as ToolSettings);

/** The worker thread's task: the same pure pipeline as on the main thread. */
export default async function compress(request: CompressionRequest): Promise<WorkerAnswer> {
  const counter = await loadTokenCounter(request.model);
  const results = new Map<string, MessageResult>();
  const cache: MessageCache = {
    get: (key) => results.get(key),
    set: (key, result) => void results.set(key, result),
  };
  const { messages, ...outcome } = await compressMessages(request, counter, {
    now: () => performance.now(),
    cache,
    tools,
  });
  return {
    outcome,
    replacements: messages.map((each, index) => (outcome.changed[index] ? each : undefined)),
    results,
  };
}
