import type { InMemoryOriginalStore } from '#libs/adapters';
import { ContextWindow, type ContextStrategy, type FitOutcome, type FitRequest } from '#libs/context-window';
import { HeadroomError, type Message } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import { aCaller } from '../../support/callers.js';
import { anOriginalStore } from '../../support/original-stores.js';

/** A conversation that must be made to fit. */
export interface Case {
  readonly messages: readonly Message[];
  readonly costs: readonly number[];
  readonly budget: number;
  readonly keepLastTurns: number;
}

/** What a way of fitting made of it. */
export interface Fitted {
  readonly messages: readonly Message[];
  readonly tokens: number;
  /** Indices whose message is there as it was. */
  readonly kept: ReadonlySet<number>;
  /** How many of the dropped messages come back byte for byte; undefined where nothing is stored. */
  readonly retrievable?: () => Promise<{ readonly dropped: number; readonly found: number }>;
}

export type Fitter = (given: Case, counter: TokenCounter) => Promise<Fitted | undefined>;

/** Ours: both strategies of the context window. Undefined where the protected part alone is too big. */
function byWindow(strategy: ContextStrategy): Fitter {
  return async (given, counter) => {
    const { store } = anOriginalStore();
    const outcome = await fitted(new ContextWindow(store), { ...given, strategy }, counter);
    if (outcome === undefined) return undefined;
    return {
      messages: outcome.messages,
      tokens: outcome.tokens,
      kept: new Set(outcome.kept),
      retrievable: () => retrievable(store, given.messages, outcome.dropped),
    };
  };
}

async function fitted(
  window: ContextWindow,
  request: FitRequest,
  counter: TokenCounter,
): Promise<FitOutcome | undefined> {
  try {
    return await window.fit(aCaller(), request, counter);
  } catch (error) {
    if (error instanceof HeadroomError && error.code === 'context_over_budget') return undefined;
    throw error;
  }
}

async function retrievable(
  store: InMemoryOriginalStore,
  messages: readonly Message[],
  dropped: readonly { readonly index: number; readonly hash: string }[],
): Promise<{ dropped: number; found: number }> {
  let found = 0;
  for (const { index, hash } of dropped) {
    const lookup = await store.find(aCaller(), hash);
    if (lookup.status === 'found' && lookup.original.content === JSON.stringify(messages[index])) found += 1;
  }
  return { dropped: dropped.length, found };
}

/** As agents do it that clear old tool results: all but the last n are replaced by a word, with the largest n that fits. */
const lastResults: Fitter = ({ messages, costs, budget }, counter) => {
  const results = messages.flatMap(({ role }, index) => (role === 'tool' ? [index] : []));
  const cleared = (count: number): Fitted => {
    const gone = new Set(results.slice(0, count));
    const left = messages.map((message, index) =>
      gone.has(index) ? { ...message, content: '[cleared]' } : message,
    );
    const tokens = left.reduce(
      (sum, message, index) => sum + (gone.has(index) ? counter.countMessage(message) : (costs[index] ?? 0)),
      counter.replyTokens,
    );
    return {
      messages: left,
      tokens,
      kept: new Set([...messages.keys()].filter((index) => !gone.has(index))),
    };
  };
  for (let count = 0; count <= results.length; count++) {
    const fitted = cleared(count);
    if (fitted.tokens <= budget) return Promise.resolve(fitted);
  }
  return Promise.resolve(undefined);
};

/** The end of the conversation that fits behind its system messages, cut wherever that is. */
const truncated: Fitter = ({ messages, costs, budget }, counter) => {
  const isSystem = (index: number): boolean => messages[index]?.role === 'system';
  let tokens = counter.replyTokens;
  const kept = new Set<number>();
  const take = (index: number): void => {
    tokens += costs[index] ?? 0;
    kept.add(index);
  };
  for (const index of messages.keys()) if (isSystem(index)) take(index);
  for (let index = messages.length - 1; index >= 0; index--) {
    if (isSystem(index)) continue;
    if (tokens + (costs[index] ?? 0) > budget) break;
    take(index);
  }
  return Promise.resolve({ messages: messages.filter((_, index) => kept.has(index)), tokens, kept });
};

export const FITTERS: Readonly<Record<string, Fitter>> = {
  intelligent: byWindow('intelligent'),
  'oldest first': byWindow('rolling_window'),
  'last n tool results': lastResults,
  truncation: truncated,
};
