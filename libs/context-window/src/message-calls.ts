import type { ContentPart, Message, ToolCall } from '#libs/kernel';

/** A tool call as a message makes it; what a client sent is not checked yet. */
export interface SentCall {
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** OpenAI's as JSON text, Anthropic's as a value. */
  readonly sentArguments: unknown;
}

/** A message's tool calls: OpenAI's, the older `function_call`, and Anthropic's `tool_use` blocks. */
export function callsOf(message: Message): SentCall[] {
  const calls: SentCall[] = [];
  if (Array.isArray(message.tool_calls)) {
    for (const call of message.tool_calls as readonly (Partial<ToolCall> | null)[])
      calls.push(sentCall(call?.id, call?.function));
  }
  const legacy = message['function_call'];
  if (legacy !== undefined && legacy !== null) calls.push(sentCall(undefined, legacy));
  for (const { type, id, name, input } of partsOf(message))
    if (type === 'tool_use') calls.push(sentCall(id, { name, arguments: input }));
  return calls;
}

/** The ids that a message's tool results answer. */
export function resultIds(message: Message): (string | undefined)[] {
  if (message.role === 'tool') return [stringOrNone(message.tool_call_id)];
  if (message.role === 'function') return [undefined];
  return partsOf(message)
    .filter((part) => part.type === 'tool_result')
    .map((part) => stringOrNone(part['tool_use_id']));
}

export function partsOf(message: Message): readonly ContentPart[] {
  if (!Array.isArray(message.content)) return [];
  return (message.content as readonly unknown[]).filter(
    (part): part is ContentPart => typeof part === 'object' && part !== null,
  );
}

function sentCall(id: unknown, called: unknown): SentCall {
  const { name, arguments: sentArguments } = (called ?? {}) as { name?: unknown; arguments?: unknown };
  return { id: stringOrNone(id), name: stringOrNone(name), sentArguments };
}

function stringOrNone(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
