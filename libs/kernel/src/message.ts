/** A call of a function tool, in OpenAI's shape; `arguments` is JSON text as the model wrote it. */
export interface ToolCall {
  readonly id: string;
  readonly type?: string;
  readonly function: { readonly name: string; readonly arguments: string };
  readonly [field: string]: unknown;
}

/** One block of a message: OpenAI's content parts and Anthropic's content blocks alike. */
export interface ContentPart {
  readonly type: string;
  readonly text?: string;
  readonly [field: string]: unknown;
}

/**
 * One chat message as a client sent it. OpenAI's shape is the base; Anthropic's differs in its content blocks
 * (`tool_use`, `tool_result`). Unknown fields are kept.
 */
export interface Message {
  readonly role: string;
  readonly content?: string | readonly ContentPart[] | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** The text of a message: its string content, or its text parts joined by line feeds. */
export function textOf(message: Message): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as readonly ContentPart[])
    .map((part) => part.text)
    .filter((text) => typeof text === 'string')
    .join('\n');
}

/** The last message of role `user` at or before `index` that has text of its own (tool results do not count). */
export function lastUserText(messages: readonly Message[], index = messages.length - 1): string {
  for (let i = Math.min(index, messages.length - 1); i >= 0; i--) {
    const message = messages[i];
    if (message?.role !== 'user') continue;
    const text = textOf(message);
    if (text.trim() !== '') return text;
  }
  return '';
}
