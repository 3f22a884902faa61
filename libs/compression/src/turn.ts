import { lastUserText } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import { type CompressionConfig, completeConfig } from './compression-config.js';
import type { CompressionRequest } from './contract.js';
import { toolNames } from './message-texts.js';

/** What all messages of one request have in common. */
export interface Turn {
  readonly counter: TokenCounter;
  readonly config: CompressionConfig;
  readonly messageCount: number;
  /** What the user last asked at or before a message: earlier messages read the same on every later turn. */
  queryAt(index: number): string;
  toolNameOf(toolCallId: string | undefined): string | undefined;
}

export function openTurn(request: CompressionRequest, counter: TokenCounter): Turn {
  const { messages } = request;
  const names = toolNames(messages);
  const queries: string[] = [];
  for (const [index, message] of messages.entries()) {
    const own = message.role === 'user' ? lastUserText([message]) : '';
    queries.push(own === '' ? (queries[index - 1] ?? '') : own);
  }
  return {
    counter,
    config: completeConfig(request.config),
    messageCount: messages.length,
    queryAt: (index) => queries[index] ?? '',
    toolNameOf: (id) => (id === undefined ? undefined : names.get(id)),
  };
}
