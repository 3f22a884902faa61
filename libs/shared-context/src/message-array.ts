import { elementSpans } from '#libs/json-text';
import type { Message } from '#libs/kernel';

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];

/** The messages that a text is the JSON array of, in OpenAI's or Anthropic's shape; undefined when it is none. */
export function messagesIn(text: string): readonly Message[] | undefined {
  if (!/^\s*\[\s*\{/.test(text) || !text.includes('"role"')) return undefined;
  const value = parsed(text);
  return Array.isArray(value) && value.every(isMessage) ? value : undefined;
}

/** The text of an array of messages with some of them replaced; the others stay as they were written. */
export function withMessages(text: string, replaced: readonly (Message | undefined)[]): string {
  if (replaced.every((message) => message === undefined)) return text;
  const messages = elementSpans(text).map(({ start, end }, index) => {
    const message = replaced[index];
    return message === undefined ? text.slice(start, end) : JSON.stringify(message);
  });
  return `[${messages.join(',')}]`;
}

/** A row of any table may have a role; a message also says or calls something. */
function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null || !('role' in value)) return false;
  if (typeof value.role !== 'string' || !ROLES.includes(value.role)) return false;
  const { content, tool_calls: calls, function_call: call } = value as Readonly<Record<string, unknown>>;
  return typeof content === 'string' || isListOfParts(content) || Array.isArray(calls) || call !== undefined;
}

function isListOfParts(content: unknown): boolean {
  return (
    Array.isArray(content) &&
    content.every((part: unknown) => typeof part === 'object' && part !== null && 'type' in part)
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
