import type { ContentPart, Message, ToolCall } from '#libs/kernel';
import { imageSize, type ImageSize } from './image-size.js';
import { imageTokens } from './image-tokens.js';
import type { Provider } from './known-models.js';

/**
 * OpenAI's published counting: 3 tokens frame a message, a name costs 1 more, 3 prime the reply.
 * Source: OpenAI Cookbook, "How to count tokens with tiktoken".
 */
export const TOKENS_PER_MESSAGE = 3;
const TOKENS_PER_NAME = 1;
const TOKENS_PER_TOOL_CALL = 3;
export const REPLY_TOKENS = 3;

/** Of images whose size cannot be read, such as those behind a link. */
const ASSUMED_IMAGE: ImageSize = { width: 1024, height: 1024 };

type CountText = (text: string) => number;

/** Tokens of one message in OpenAI's or Anthropic's shape, framing included; images by the provider's own rule. */
export function countMessageTokens(message: Message, provider: Provider, countText: CountText): number {
  let tokens = TOKENS_PER_MESSAGE + countValue(message.role, countText);
  if (typeof message.name === 'string') tokens += countText(message.name) + TOKENS_PER_NAME;
  tokens += countContent(message.content, provider, countText);
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

function countContent(content: unknown, provider: Provider, countText: CountText): number {
  if (!Array.isArray(content)) return countValue(content, countText);
  let tokens = 0;
  for (const part of content as unknown[]) {
    tokens += isPart(part) ? countPart(part, provider, countText) : countValue(part, countText);
  }
  return tokens;
}

function countPart(part: ContentPart, provider: Provider, countText: CountText): number {
  switch (part.type) {
    case 'image_url':
    case 'image':
    case 'input_image':
      return countImage(part, provider);
    case 'tool_use':
      return (
        TOKENS_PER_TOOL_CALL + countValue(part['name'], countText) + countValue(part['input'], countText)
      );
    case 'tool_result':
      return countContent(part['content'], provider, countText);
    case 'thinking':
      return countValue(part['thinking'], countText);
    default:
      return typeof part.text === 'string' ? countText(part.text) : countValue(part, countText);
  }
}

function countImage(part: ContentPart, provider: Provider): number {
  const image = part['image_url'];
  const source = part['source'];
  const detail = isRecord(image) ? image['detail'] : part['detail'];
  const data = isRecord(image) ? image['url'] : (image ?? (isRecord(source) ? source['data'] : undefined));
  const { width, height } = (typeof data === 'string' ? imageSize(data) : undefined) ?? ASSUMED_IMAGE;
  return imageTokens(provider, width, height, detail === 'low' ? 'low' : 'high');
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
