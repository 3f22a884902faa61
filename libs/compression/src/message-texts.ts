import type { ContentPart, Message } from '#libs/kernel';

/** A text of a message that may be compressed, and the tool call it answers. */
export interface MessageText {
  readonly text: string;
  readonly toolCallId?: string | undefined;
}

type Replace = (text: string, toolCallId: string | undefined) => string;

const TOOL_ROLES = ['tool', 'function'];

/** The tool results of a message, and with `userTexts` what a user wrote; nothing for every other role. */
export function compressibleTexts(message: Message, userTexts: boolean): MessageText[] {
  const texts: MessageText[] = [];
  replaceTexts(message, userTexts, (text, toolCallId) => {
    texts.push({ text, toolCallId });
    return text;
  });
  return texts;
}

/**
 * The message with its compressible texts replaced one by one, in the order of {@link compressibleTexts}; everything
 * else stays as it was sent.
 */
export function replaceTexts(message: Message, userTexts: boolean, replace: Replace): Message {
  const { content, role } = message;
  const isTool = TOOL_ROLES.includes(role);
  if (!isTool && role !== 'user') return message;
  const wants = isTool || userTexts;
  if (typeof content === 'string') {
    return wants ? { ...message, content: replace(content, message.tool_call_id) } : message;
  }
  if (!Array.isArray(content)) return message;
  const parts = content as readonly ContentPart[];
  return {
    ...message,
    content: parts.map((part) => replacePart(part, wants, message.tool_call_id, replace)),
  };
}

function replacePart(
  part: ContentPart,
  wants: boolean,
  id: string | undefined,
  replace: Replace,
): ContentPart {
  if (part.type === 'tool_result') return replaceToolResult(part, replace);
  return wants ? replaceTextPart(part, id, replace) : part;
}

function replaceToolResult(part: ContentPart, replace: Replace): ContentPart {
  const { content } = part;
  const id = typeof part['tool_use_id'] === 'string' ? part['tool_use_id'] : undefined;
  if (typeof content === 'string') return { ...part, content: replace(content, id) };
  if (!Array.isArray(content)) return part;
  const blocks = content as readonly ContentPart[];
  return { ...part, content: blocks.map((block) => replaceTextPart(block, id, replace)) };
}

/** Inside a tool result a client may send anything as a part. */
function replaceTextPart(
  part: ContentPart | null | undefined,
  id: string | undefined,
  replace: Replace,
): ContentPart {
  if (part?.type !== 'text' || typeof part.text !== 'string') return part as ContentPart;
  return { ...part, text: replace(part.text, id) };
}
