import type { ContentPart, Message } from '#libs/kernel';
import { callsOf } from '../message-calls.js';

/** Of a longer text its beginning and its end are read. */
const HEAD_CHARACTERS = 3000;
const TAIL_CHARACTERS = 1000;

/** What a model reads of a message: its text, its calls and its results, each text cut in the middle where it is long. */
export function scoredTexts(message: Message): string[] {
  const texts: string[] = [];
  addContent(texts, message.content);
  for (const { name, sentArguments } of callsOf(message)) {
    if (name !== undefined) texts.push(name);
    // The escapes of JSON would stick to the words beside them.
    texts.push(jsonOf(sentArguments).replace(/\\[nrt"]/g, ' '));
  }
  return texts.map(shortened);
}

function addContent(texts: string[], content: unknown): void {
  if (typeof content === 'string') texts.push(content);
  if (!Array.isArray(content)) return;
  for (const part of content as readonly (ContentPart | string | null)[]) {
    if (typeof part === 'string') texts.push(part);
    else if (part?.type === 'tool_result') addContent(texts, part['content']);
    else if (typeof part?.text === 'string') texts.push(part.text);
  }
}

function jsonOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  try {
    return JSON.stringify(value);
  } catch {
    // Nested too deeply to be written.
    return '';
  }
}

function shortened(text: string): string {
  if (text.length <= HEAD_CHARACTERS + TAIL_CHARACTERS) return text;
  return `${text.slice(0, HEAD_CHARACTERS)}\n${text.slice(-TAIL_CHARACTERS)}`;
}
