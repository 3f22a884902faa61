import { ContextWindow } from '#libs/context-window';
import { HeadroomError, type Message } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import { aCaller } from '../../support/callers.js';
import { anOriginalStore } from '../../support/original-stores.js';
import { sharedLines } from '../../support/shared-data.js';
import type { Case } from './fitters.js';

/** Of what may be dropped, how much has room. */
export const SHARES = [0.5, 0.25, 0.1];
/** Less than this is not worth a choice. */
const LEAST_DROPPABLE = 200;

export interface Counted {
  readonly messages: readonly Message[];
  readonly costs: readonly number[];
}

/** Which of a conversation's messages may be dropped, and what the others need. */
export interface Room {
  readonly droppable: ReadonlySet<number>;
  readonly caseOf: (share: number) => Case;
}

export const SETS: Readonly<Record<string, number>> = {
  // Set → turns that are protected. In swe-agent one turn is all there is, so none is protected.
  'tau-bench-airline': 2,
  'swe-agent': 0,
  toolbench: 0,
  'pi-session': 2,
};

/** The recorded conversations of a set, counted; undefined where the data set is missing. */
export function conversationsOf(set: string, counter: TokenCounter): readonly Counted[] | undefined {
  const lines = sharedLines(`conversations/${set}.jsonl`) as { messages: Message[] }[] | undefined;
  return lines?.map(({ messages }) => counted(messages, counter));
}

export function counted(messages: readonly Message[], counter: TokenCounter): Counted {
  return { messages, costs: messages.map((message) => counter.countMessage(message)) };
}

/** Undefined where there is nothing much to choose from. */
export async function roomOf(
  { messages, costs }: Counted,
  keepLastTurns: number,
  counter: TokenCounter,
): Promise<Room | undefined> {
  const total = costs.reduce((sum, cost) => sum + cost, counter.replyTokens);
  const window = new ContextWindow(anOriginalStore().store);
  const request = { messages, costs, keepLastTurns, strategy: 'rolling_window' } as const;
  const least = await window
    .fit(aCaller(), { ...request, budget: 1 }, counter)
    .then(() => total, protectedTokens);
  if (total - least < LEAST_DROPPABLE) return undefined;
  const { dropped } = await window.fit(aCaller(), { ...request, budget: least }, counter);
  return {
    droppable: new Set(dropped.map(({ index }) => index)),
    caseOf: (share) => ({
      messages,
      costs,
      keepLastTurns,
      budget: Math.ceil(least + share * (total - least)),
    }),
  };
}

/** Of the protected part and the marker, as the refusal tells. */
function protectedTokens(error: unknown): number {
  if (error instanceof HeadroomError && error.code === 'context_over_budget')
    return Number(error.details['protected_tokens']);
  throw error;
}
