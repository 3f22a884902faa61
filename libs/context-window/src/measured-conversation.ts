import type { Message } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import { atomicUnits, type AtomicUnit } from './atomic-units.js';
import type { FitRequest } from './contract.js';
import { isProtected, startOfLastTurns } from './protection.js';

/** Everything about a request that is computed once. */
export interface MeasuredConversation {
  readonly messages: readonly Message[];
  /** As the client sent them. */
  readonly asSent: readonly Message[];
  /** Tokens per message. */
  readonly costs: readonly number[];
  /** Tokens of all messages and the reply's priming. */
  readonly total: number;
  /** A message's JSON as it was sent. */
  readonly textOf: (index: number) => string;
}

/** What of a conversation stays together, and what of it may go. */
export interface Divided {
  readonly units: readonly AtomicUnit[];
  readonly free: readonly AtomicUnit[];
}

export function measure(
  { messages, costs: known, asSent = messages, sentTexts }: FitRequest,
  counter: TokenCounter,
): MeasuredConversation {
  const costs = known ?? messages.map((message) => counter.countMessage(message));
  const total = messages.length === 0 ? 0 : costs.reduce((sum, cost) => sum + cost, counter.replyTokens);
  const written: string[] = [];
  return {
    messages,
    asSent,
    costs,
    total,
    textOf: (index) => sentTexts?.[index] ?? (written[index] ??= JSON.stringify(asSent[index])),
  };
}

export function divide({ messages, keepLastTurns }: FitRequest): Divided {
  const lastTurns = startOfLastTurns(messages, keepLastTurns);
  const units = atomicUnits(messages);
  return { units, free: units.filter((unit) => !isProtected(unit, messages, lastTurns)) };
}
