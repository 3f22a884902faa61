import { invalid } from '#libs/kernel';

/**
 * The last message that a fork takes along, -1 where there is none; the rule that every store follows.
 * @throws HeadroomError `validation_error`
 */
export function forkIndex(atIndex: number | undefined, messageCount: number): number {
  const last = messageCount - 1;
  if (atIndex === undefined) return last;
  if (atIndex <= last) return atIndex;
  const range = last < 0 ? 'the conversation has no messages' : `the last message is ${last}`;
  throw invalid([{ path: 'at_index', message: `is beyond the end: ${range}` }]);
}
