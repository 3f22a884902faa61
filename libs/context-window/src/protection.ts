import type { Message } from '#libs/kernel';
import type { AtomicUnit } from './atomic-units.js';
import { partsOf } from './message-calls.js';

/** System messages hold instructions that every later turn needs; `developer` is their newer name. */
export function isSystem(message: Message): boolean {
  return message.role === 'system' || message.role === 'developer';
}

/** A unit is protected when any of its messages is: a system message, or one of the last n turns. */
export function isProtected(
  unit: AtomicUnit,
  messages: readonly Message[],
  firstProtectedTurn: number,
): boolean {
  return unit.some((index) => {
    const message = messages[index];
    return index >= firstProtectedTurn || (message !== undefined && isSystem(message));
  });
}

/**
 * Where the last n turns begin: a turn is a user's message with all that follows it until the next one. A
 * conversation without any is counted by its assistant's messages.
 */
export function startOfLastTurns(messages: readonly Message[], turns: number): number {
  if (turns <= 0) return messages.length;
  const byUser = indicesOf(messages, speaksForUser);
  const starts = byUser.length > 0 ? byUser : indicesOf(messages, (message) => message.role === 'assistant');
  return starts.at(-turns) ?? starts[0] ?? messages.length;
}

/** Tool results travel in user messages too, but begin no turn. */
function speaksForUser(message: Message): boolean {
  if (message.role !== 'user') return false;
  const parts = partsOf(message);
  return parts.length === 0 || parts.some((part) => part.type !== 'tool_result');
}

function indicesOf(messages: readonly Message[], test: (message: Message) => boolean): number[] {
  const indices: number[] = [];
  messages.forEach((message, index) => {
    if (test(message)) indices.push(index);
  });
  return indices;
}
