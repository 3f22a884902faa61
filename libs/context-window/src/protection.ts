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
  return new TurnStarts(messages).startOfLast(turns, messages.length);
}

/** The same as of earlier ends of a conversation. */
export class TurnStarts {
  private readonly ofUser: readonly number[];
  private readonly ofAssistant: readonly number[];

  constructor(messages: readonly Message[]) {
    this.ofUser = indicesOf(messages, speaksForUser);
    this.ofAssistant = indicesOf(messages, (message) => message.role === 'assistant');
  }

  startOfLast(turns: number, end: number): number {
    if (turns <= 0) return end;
    const byUser = countBefore(this.ofUser, end);
    const starts = byUser > 0 ? this.ofUser : this.ofAssistant;
    const count = byUser > 0 ? byUser : countBefore(this.ofAssistant, end);
    return count === 0 ? end : (starts[Math.max(0, count - turns)] ?? end);
  }

  /** The last message of the assistant before the end; -1 without any. */
  lastOfAssistant(end: number): number {
    return this.ofAssistant[countBefore(this.ofAssistant, end) - 1] ?? -1;
  }
}

/** How many of the ascending indices come before the end. */
function countBefore(indices: readonly number[], end: number): number {
  let [low, high] = [0, indices.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((indices[middle] ?? 0) < end) low = middle + 1;
    else high = middle;
  }
  return low;
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
