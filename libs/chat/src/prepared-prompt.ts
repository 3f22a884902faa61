import type { Message } from '#libs/kernel';
import type { Prompt, PromptLayout } from './provider-dialect.js';
import type { ToolDefinition } from './tools/tool-definition.js';
import type { ShapedContext } from './turn-contract.js';

/** What goes to the provider, and what was done to get there. */
export interface PreparedPrompt {
  /** The body for the provider: the client's own bytes when nothing changed. */
  readonly body: Uint8Array;
  /** The body as text, to go on from after a call of our tools; undefined when nothing of it was understood. */
  readonly text?: string | undefined;
  /** Of the text as it was sent, where it is known. */
  readonly layout?: PromptLayout | undefined;
  readonly prompt: Prompt | null;
  /** The messages as the client sent them; the prompt's may hold calls that the client never saw. */
  readonly asked: readonly Message[];
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly transforms: readonly string[];
  readonly waste?: ShapedContext['waste'];
  /** Our tools among its tools, behind the client's. */
  readonly offers: readonly ToolDefinition[];
  /** A step of ours failed and the request goes through as it was sent. */
  readonly failed: boolean;
}

/** The request as it was sent. */
export function asSent(
  body: Uint8Array,
  prompt: Prompt | null,
  read: { readonly text?: string; readonly layout?: PromptLayout | undefined } = {},
): PreparedPrompt {
  return {
    body,
    text: read.text,
    layout: read.layout,
    prompt,
    asked: prompt?.messages ?? [],
    tokensBefore: 0,
    tokensAfter: 0,
    transforms: [],
    offers: [],
    failed: false,
  };
}

/** Every text of a message in which a marker can stand. */
export function* textsOf(messages: readonly Message[]): Generator<string> {
  for (const { content } of messages) {
    if (typeof content === 'string') yield content;
    else if (Array.isArray(content)) yield* partTexts(content);
  }
}

/** Text parts, and blocks that hold text or further parts in `content`. */
function* partTexts(parts: readonly unknown[]): Generator<string> {
  for (const part of parts) {
    if (typeof part !== 'object' || part === null) continue;
    if ('text' in part && typeof part.text === 'string') yield part.text;
    if ('content' in part && typeof part.content === 'string') yield part.content;
    if ('content' in part && Array.isArray(part.content)) yield* partTexts(part.content);
  }
}
