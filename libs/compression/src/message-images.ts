import type { ContentPart, Message } from '#libs/kernel';
import { inlineImageOf } from './stages/image/image-part.js';

/** The image parts of a message, those inside Anthropic's tool results included, in order. */
export function imagePartsOf(message: Message): ContentPart[] {
  const parts: ContentPart[] = [];
  replaceImageParts(message, (part) => {
    parts.push(part);
    return part;
  });
  return parts;
}

/** The message with its image parts replaced one by one, in the order of {@link imagePartsOf}. */
export function replaceImageParts(message: Message, replace: (part: ContentPart) => ContentPart): Message {
  if (!Array.isArray(message.content)) return message;
  return { ...message, content: replaceIn(message.content as readonly ContentPart[], replace) };
}

function replaceIn(
  parts: readonly ContentPart[],
  replace: (part: ContentPart) => ContentPart,
): readonly ContentPart[] {
  return parts.map((part) => {
    if (!isPart(part)) return part;
    if (part.type === 'tool_result' && Array.isArray(part['content']))
      return { ...part, content: replaceIn(part['content'] as readonly ContentPart[], replace) };
    return inlineImageOf(part) === undefined ? part : replace(part);
  });
}

/** A client may send anything as a part. */
function isPart(part: unknown): boolean {
  return typeof part === 'object' && part !== null;
}
