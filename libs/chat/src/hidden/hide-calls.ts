import type { ToolResult } from '../called-tool.js';
import type { HiddenCall, HiddenCalls } from './hidden-calls.js';

/** A round of answered calls, each with how many of the client's calls stand before it. */
export type AnsweredRound = readonly (ToolResult & { readonly after: number })[];

/** How a dialect writes a call and its result into messages. */
export type WriteCall = (result: ToolResult) => Pick<HiddenCall, 'call' | 'result'>;

/**
 * What is kept of our calls. When one of them erased something, every other call that names it is left out: what is
 * erased must not live on in the history of a conversation. Rounds of which nothing stays go with their calls.
 */
export function hideCalls(
  earlier: readonly AnsweredRound[],
  beside: AnsweredRound,
  write: WriteCall,
): HiddenCalls {
  const erased = [...earlier.flat(), ...beside].flatMap((answer) => answer.erased ?? []);
  const hide = (round: AnsweredRound): readonly HiddenCall[] =>
    round
      .map((answer) => ({ answer, hidden: { after: answer.after, ...write(answer) } }))
      .filter(({ answer, hidden }) => !erased.some((id) => id !== answer.erased && names(hidden, id)))
      .map(({ hidden }) => hidden);
  return { earlier: earlier.map(hide).filter((round) => round.length > 0), beside: hide(beside) };
}

function names({ call, result }: HiddenCall, id: string): boolean {
  return call.includes(id) || result.includes(id);
}
