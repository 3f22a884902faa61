import { HeadroomError } from '#libs/kernel';
import type { TokenCounter } from '#libs/tokens';
import { cutOut, markerBounds, type Cut } from './cut.js';
import type { Droppable } from './drop-order.js';
import type { MeasuredConversation } from './measured-conversation.js';

/**
 * The shortest beginning of the drop order without which the rest fits; candidates start where a marker cheaper than
 * any real one would fit. @throws HeadroomError `context_over_budget` when there is none.
 */
export function exactCut(
  conversation: MeasuredConversation,
  order: readonly Droppable[],
  budget: number,
  counter: TokenCounter,
): Cut {
  const { least } = markerBounds(1, counter);
  let rest = conversation.total;
  for (const [count, { cost }] of order.entries()) {
    rest -= cost;
    if (rest + least > budget) continue;
    const cut = cutOut(conversation, order.slice(0, count + 1), counter);
    if (cut.tokens <= budget) return cut;
  }
  throw overBudget(conversation, order, budget, counter);
}

function overBudget(
  conversation: MeasuredConversation,
  order: readonly Droppable[],
  budget: number,
  counter: TokenCounter,
): HeadroomError {
  const protectedTokens =
    order.length === 0 ? conversation.total : cutOut(conversation, order, counter).tokens;
  return new HeadroomError(
    'context_over_budget',
    `The protected messages (system messages and the last turns) alone need ${protectedTokens} tokens, but the ` +
      `budget is ${budget}. Raise token_budget, lower keep_last_turns or shorten those messages.`,
    { protected_tokens: protectedTokens, budget },
  );
}
