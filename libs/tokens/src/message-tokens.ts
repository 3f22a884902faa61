import type { ContentPart, Message, ToolCall } from '#libs/kernel';

/**
 * OpenAI's published counting: 3 tokens frame a message, a name costs 1 more, 3 prime the reply.
 * Source: OpenAI Cookbook, "How to count tokens with tiktoken".
 */
export const TOKENS_PER_MESSAGE = 3;
const TOKENS_PER_NAME = 1;
const TOKENS_PER_TOOL_CALL = 3;
export const REPLY_TOKENS = 3;

/** OpenAI's published cost of an image: 85 at low detail; at high detail 85 + 170 per tile, here for 1024 × 1024. */
const IMAGE_TOKENS_LOW = 85;
const IMAGE_TOKENS_HIGH = 765;

type CountText = (text: string) => number;

/** Tokens of one message in OpenAI's or Anthropic's shape, framing included. */
export function countMessageTokens(message: Message, countText: CountText): number {
  let tokens = TOKENS_PER_MESSAGE + countValue(message.role, countText);
  if (typeof message.name === 'string') tokens += countText(message.name) + TOKENS_PER_NAME;
  tokens += countContent(message.content, countText);
  if (typeof message['refusal'] === 'string') tokens += countText(message['refusal']);
  if (typeof message['reasoning_content'] === 'string') tokens += countText(message['reasoning_content']);
  if (Array.isArray(message.tool_calls)) {
    for (const call of message.tool_calls as readonly (Partial<ToolCall> | null)[])
      tokens += countToolCall(call, countText);
  }
  const legacyCall = message['function_call'];
  if (isRecord(legacyCall))
    tokens += countToolCall({ function: legacyCall as ToolCall['function'] }, countText);
  return tokens;
}

function countToolCall(call: Partial<ToolCall> | null, countText: CountText): number {
  const { name, arguments: args }: Partial<ToolCall['function']> = call?.function ?? {};
  return TOKENS_PER_TOOL_CALL + countValue(name, countText) + countValue(args, countText);
}

function countContent(content: unknown, countText: CountText): number {
  if (!Array.isArray(content)) return countValue(content, countText);
  let tokens = 0;
  for (const part of content as unknown[]) {
    tokens += isPart(part) ? countPart(part, countText) : countValue(part, countText);
  }
  return tokens;
}

function countPart(part: ContentPart, countText: CountText): number {
  switch (part.type) {
    case 'image_url':
    case 'image':
    case 'input_image':
      return imageTokens(part);
    case 'tool_use':
      return (
        TOKENS_PER_TOOL_CALL + countValue(part['name'], countText) + countValue(part['input'], countText)
      );
    case 'tool_result':
      return countContent(part['content'], countText);
    case 'thinking':
      return countValue(part['thinking'], countText);
    default:
      return typeof part.text === 'string' ? countText(part.text) : countValue(part, countText);
  }
}

function imageTokens(part: ContentPart): number {
  const image = part['image_url'];
  const detail = isRecord(image) ? image['detail'] : part['detail'];
  return detail === 'low' ? IMAGE_TOKENS_LOW : IMAGE_TOKENS_HIGH;
}

function countValue(value: unknown, countText: CountText): number {
  if (value === undefined || value === null) return 0;
  return countText(typeof value === 'string' ? value : jsonWithoutPayloads(value));
}

/** Base64 payloads (audio, files) are not read as text by any model. */
function jsonWithoutPayloads(value: unknown): string {
  try {
    return JSON.stringify(value, (key, inner: unknown) => (isPayload(key, inner) ? '' : inner));
  } catch {
    return leavesOf(value).join(' ');
  }
}

function isPayload(key: string, value: unknown): boolean {
  return typeof value === 'string' && (key === 'data' || key === 'file_data' || value.startsWith('data:'));
}

/** For what is nested too deeply to be written as JSON: its keys and plain values, found without recursion. */
function leavesOf(value: unknown): string[] {
  const leaves: string[] = [];
  const open: [string, unknown][] = [['', value]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [key, inner] = next;
    if (isRecord(inner)) open.push(...Object.entries(inner));
    else if (!isPayload(key, inner)) leaves.push(key, String(inner));
  }
  return leaves;
}

function isPart(value: unknown): value is ContentPart {
  return isRecord(value) && typeof value['type'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
